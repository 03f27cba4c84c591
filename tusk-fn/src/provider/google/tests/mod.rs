//! What Google sends, for functions of each kind: what is in it, what is refused, and what is answered.

mod door;
mod mapping;
mod paths;
mod refusals;
mod sources;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::request::Parts;
use serde_json::{Value, json};
use tusk_fn_spec::record::FunctionRecord;

use super::Google;
use crate::event::Item;
use crate::provider::container::{Opened, Platform as _, Sent};
use crate::provider::field::Fault;

/// A request as it is sent.
#[derive(Clone)]
pub(super) struct Request {
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Request {
    fn new(headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Self {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self { headers: headers.iter().map(owned).collect(), body: body.into() }
    }

    fn json(body: &Value) -> Self {
        Self::new(&[("content-type", "application/json")], body.to_string())
    }

    fn to(&self, path: &str) -> http::Request<Bytes> {
        let mut request = http::Request::post(path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        request.body(Bytes::from(self.body.clone())).unwrap()
    }
}

/// A message as Pub/Sub pushes it.
fn push(data: impl AsRef<[u8]>, attributes: &Value) -> Value {
    json!({
        "message": {
            "attributes": attributes,
            "data": BASE64_STANDARD.encode(data),
            "messageId": "136969346945", "message_id": "136969346945",
            "publishTime": "2026-01-31T12:00:00.5Z", "publish_time": "2026-01-31T12:00:00.5Z",
            "orderingKey": "eu"
        },
        "subscription": "projects/p/subscriptions/s"
    })
}

/// An event in binary mode, as Eventarc sends it.
fn event(kind: &str, subject: &str, data: &Value) -> Request {
    let headers = [
        ("content-type", "application/json"),
        ("ce-specversion", "1.0"),
        ("ce-id", "event-1"),
        ("ce-source", "//google/source"),
        ("ce-time", "2026-01-31T12:00:00Z"),
        ("ce-type", kind),
        ("ce-subject", subject),
    ];
    Request::new(&headers, data.to_string())
}

/// What Cloud Storage says of an object.
fn object() -> Value {
    json!({
        "bucket": "shop-x7", "name": "in/a b.csv", "generation": "1587627537231057", "size": "352",
        "metageneration": "1", "etag": "CNHZkbuF/ugCEAE=", "updated": "2026-01-31T12:00:00Z"
    })
}

/// What Cloud Storage says in the attributes of a notification.
fn notified(kind: &str) -> Value {
    json!({
        "notificationConfig": "projects/_/buckets/shop-x7/notificationConfigs/1", "eventType": kind,
        "payloadFormat": "JSON_API_V1", "bucketId": "shop-x7", "objectId": "in/a b.csv",
        "objectGeneration": "1587627537231057", "eventTime": "2026-01-31T12:00:00Z"
    })
}

/// A document of Firestore.
fn document(pieces: &str) -> Value {
    json!({
        "name": "projects/p/databases/(default)/documents/shops/7/stock/nut",
        "fields": {"pieces": {"integerValue": pieces}},
        "createTime": "2026-01-31T11:00:00Z", "updateTime": "2026-01-31T12:00:00.349632Z"
    })
}

fn firestore(kind: &str) -> String {
    format!("google.cloud.firestore.document.v1.{kind}")
}

fn storage(kind: &str) -> String {
    format!("google.cloud.storage.object.v1.{kind}")
}

fn queue() -> Value {
    json!({"kind": "queue", "queue": "orders"})
}

fn topic(filter: &[&str]) -> Value {
    json!({"kind": "topic", "topic": "paid", "filter": filter})
}

fn stream() -> Value {
    json!({"kind": "stream", "stream": "clicks"})
}

fn blob(events: &[&str]) -> Value {
    json!({"kind": "blob", "path": "uploads/<folder>/<name>.csv", "events": events})
}

fn table(events: &[&str]) -> Value {
    json!({"kind": "database", "table": "stock", "events": events})
}

fn paid() -> Value {
    json!({"kind": "event", "type": "com.example.paid"})
}

fn timer() -> Value {
    json!({"kind": "timer", "schedule": "0 */5 * * * *"})
}

/// The record of a function of that trigger.
fn record(name: &str, trigger: &Value) -> FunctionRecord {
    let source = json!({"package": "shop", "module": "shop", "function": name, "file": "lib.rs", "line": 1});
    let record = json!({"v": 1, "name": name, "trigger": trigger, "source": source});
    FunctionRecord::from_json(record.to_string().as_bytes()).expect("a record")
}

fn parts(request: &Request) -> (Parts, Bytes) {
    request.to("/").into_parts()
}

/// What a request brings.
fn read(request: &Request) -> Result<Vec<Sent>, String> {
    let (parts, body) = parts(request);
    Google.read(&parts, &body).map_err(|Fault(why)| why)
}

/// What a request is for a function that it names: an item with what tells it apart and its attempt, or why there is
/// none.
fn opened(request: &Request, trigger: &Value) -> Result<(Item, String, u32), String> {
    let [sent] = <[Sent; 1]>::try_from(read(request)?).expect("one thing was sent");
    match Google.open(&sent, &record("handle", trigger), true) {
        Opened::Item { item, id, attempt } => Ok((item, id, attempt)),
        Opened::Timer(timer) => Err(format!("at {}", timer.scheduled_at)),
        Opened::Unwanted => Err("unwanted".to_owned()),
        Opened::Foreign => Err("foreign".to_owned()),
        Opened::Broken(Fault(why)) => Err(why),
    }
}
