//! Containers of a storage account ("Blob Storage REST API").

use std::collections::BTreeMap;

use super::status;
use crate::server::{Answer, Request};

/// Blobs by their name, by `ACCOUNT/CONTAINER`.
#[derive(Default)]
pub(crate) struct Storage {
    containers: BTreeMap<String, BTreeMap<String, Vec<u8>>>,
}

impl Storage {
    pub(crate) fn add(&mut self, container: &str) {
        self.containers.insert(container.to_owned(), BTreeMap::new());
    }

    pub(crate) fn put(&mut self, container: &str, name: &str, content: &[u8]) {
        self.containers.get_mut(container).expect("a container").insert(name.to_owned(), content.to_owned());
    }

    pub(crate) fn blob(&self, container: &str, name: &str) -> Option<&[u8]> {
        self.containers[container].get(name).map(Vec::as_slice)
    }

    pub(super) fn answer(&mut self, container: &str, name: &str, request: &Request) -> Answer {
        let headers =
            vec![("etag", "\"0x8D\"".to_owned()), ("last-modified", "Sat, 31 Jan 2026 12:00:00 GMT".to_owned())];
        let Some(blobs) = self.containers.get_mut(container) else { return status(404) };
        match &*request.method {
            "GET" | "HEAD" => match blobs.get(name) {
                Some(content) => Answer { status: 200, headers, body: content.clone() },
                None => status(404),
            },
            "PUT" => {
                assert_eq!(request.headers.get("x-ms-blob-type").map(String::as_str), Some("BlockBlob"));
                blobs.insert(name.to_owned(), request.body.clone());
                Answer { headers, ..status(201) }
            }
            _ => status(405),
        }
    }
}
