//! Cloud Storage: objects, and what tells of them (`googleapis/google-cloudevents`, "storage/v1/data.proto" and
//! "events.proto", and their examples).

use std::collections::BTreeMap;

use serde_json::json;

use super::eventarc::Event;
use super::{decoded, moment};
use crate::server::{Answer, Request};

#[derive(Default)]
pub(crate) struct Storage {
    buckets: BTreeMap<String, BTreeMap<String, Object>>,
}

struct Object {
    content: Vec<u8>,
    generation: u64,
}

impl Storage {
    /// Makes a bucket.
    pub(crate) fn make(&mut self, bucket: &str) {
        self.buckets.entry(bucket.to_owned()).or_default();
    }

    /// What an object holds.
    pub(crate) fn content(&self, bucket: &str, name: &str) -> Option<&[u8]> {
        Some(&self.buckets.get(bucket)?.get(name)?.content)
    }

    /// A request to the XML API: to an object, under its bucket.
    pub(super) fn answer(&mut self, request: &Request, now: u64) -> (Answer, Vec<Event>) {
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        let path = decoded(path);
        assert!(query.is_empty(), "this double reads no such request: {}", request.target);
        let (bucket, name) = path.trim_start_matches('/').split_once('/').unwrap();
        let empty = |status| Answer { status, headers: Vec::new(), body: Vec::new() };
        let Some(objects) = self.buckets.get_mut(bucket) else { return (empty(404), Vec::new()) };
        match request.method.as_str() {
            "PUT" => {
                let object = Object { content: request.body.clone(), generation: now };
                let mut events = vec![event("finalized", bucket, name, &object, now)];
                let answer = Answer { headers: object.headers(), ..empty(200) };
                let before = objects.insert(name.to_owned(), object);
                events.extend(before.map(|before| event("deleted", bucket, name, &before, now)));
                (answer, events)
            }
            "GET" | "HEAD" => {
                let found =
                    |object: &Object| Answer { status: 200, headers: object.headers(), body: object.content.clone() };
                (objects.get(name).map_or_else(|| empty(404), found), Vec::new())
            }
            other => panic!("this double does not know {other} {path}"),
        }
    }
}

impl Object {
    fn headers(&self) -> Vec<(&'static str, String)> {
        vec![
            ("etag", format!("\"{}\"", self.generation)),
            ("last-modified", "Sat, 31 Jan 2026 12:00:00 GMT".to_owned()),
            ("x-goog-generation", self.generation.to_string()),
        ]
    }
}

fn event(kind: &str, bucket: &str, name: &str, object: &Object, now: u64) -> Event {
    let (time, generation) = (moment(now), object.generation.to_string());
    let data = json!({
        "kind": "storage#object", "id": format!("{bucket}/{name}/{generation}"), "bucket": bucket, "name": name,
        "generation": generation, "metageneration": "1", "contentType": "application/octet-stream",
        "size": object.content.len().to_string(), "etag": generation, "storageClass": "STANDARD",
        "timeCreated": time, "updated": time, "timeStorageClassUpdated": time,
    });
    Event {
        id: format!("{kind}-{now}"),
        kinds: vec![format!("google.cloud.storage.object.v1.{kind}")],
        source: format!("//storage.googleapis.com/projects/_/buckets/{bucket}"),
        subject: Some(format!("objects/{name}")),
        time,
        extensions: BTreeMap::from([("bucket".to_owned(), bucket.to_owned())]),
        content_type: "application/json".to_owned(),
        data: data.to_string(),
        channel: None,
    }
}
