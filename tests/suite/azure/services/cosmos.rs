//! Cosmos DB: documents of containers whose partition is the id, and the feed of their changes ("Azure Cosmos DB: REST API
//! Reference", "Change feed in Azure Cosmos DB"). The feed has the newest state of each document, and nothing of those that are gone.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::status;
use crate::server::{Answer, Request};

/// An account: documents by their id, by container.
#[derive(Default)]
pub(crate) struct Cosmos {
    containers: BTreeMap<String, BTreeMap<String, Value>>,
    /// The number of the last write.
    last: u64,
}

impl Cosmos {
    /// Adds a container by its path, `dbs/DATABASE/colls/CONTAINER`.
    pub(crate) fn add(&mut self, container: &str) {
        self.containers.insert(container.to_owned(), BTreeMap::new());
    }

    pub(crate) fn has(&self, container: &str) -> bool {
        self.containers.contains_key(container)
    }

    pub(crate) fn document(&self, container: &str, id: &str) -> Option<&Value> {
        self.containers[container].get(id)
    }

    /// The documents that were written after a place in the feed, in the order of their last writes.
    pub(crate) fn changes(&self, container: &str, after: u64) -> Vec<Value> {
        let number = |document: &Value| document["_lsn"].as_u64().unwrap();
        let documents = self.containers[container].values();
        let mut changes: Vec<Value> = documents.filter(|document| number(document) > after).cloned().collect();
        changes.sort_by_key(number);
        changes
    }

    pub(super) fn answer(&mut self, segments: &[&str], request: &Request) -> Answer {
        let (container, id) = (segments[..4].join("/"), segments.get(5).copied());
        let Some(documents) = self.containers.get_mut(&container) else {
            // The container is not there.
            return Answer { headers: vec![("x-ms-substatus", "1003".to_owned())], ..status(404) };
        };
        let header = |name: &str| request.headers.get(name).map(String::as_str);
        let name = match id {
            Some(id) => id.to_owned(),
            None => request.json()["id"].as_str().unwrap().to_owned(),
        };
        assert_eq!(
            serde_json::from_str::<Value>(header("x-ms-documentdb-partitionkey").unwrap()).unwrap(),
            json!([name])
        );
        let found = documents.get(&name);
        match (&*request.method, id) {
            ("GET", Some(_)) => return found.map_or(status(404), |document| Answer::json(200, document)),
            ("POST", None) if found.is_some() && header("x-ms-documentdb-is-upsert") != Some("True") => {
                return status(409);
            }
            ("PUT" | "DELETE", Some(_)) if found.is_none() => return status(404),
            ("PUT" | "DELETE", Some(_)) => {
                let tag = found.and_then(|document| document["_etag"].as_str());
                if header("if-match").is_some_and(|wanted| Some(wanted) != tag) {
                    return status(412);
                }
            }
            ("POST", None) => {}
            _ => return status(405),
        }
        if request.method == "DELETE" {
            documents.remove(&name);
            return status(204);
        }
        self.last += 1;
        let tag = format!("\"{:08x}-0000-0000-0000-000000000000\"", self.last);
        let mut document = request.json();
        for (field, value) in [
            ("_rid", json!(name)),
            ("_self", json!(format!("{container}/docs/{name}/"))),
            ("_etag", json!(tag)),
            ("_attachments", json!("attachments/")),
            ("_ts", json!(1_769_860_800)),
            ("_lsn", json!(self.last)),
        ] {
            document[field] = value;
        }
        documents.insert(name, document);
        Answer { headers: vec![("etag", tag)], ..status(if id.is_none() { 201 } else { 200 }) }
    }
}
