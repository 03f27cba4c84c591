//! Functions that say what they saw and do what it says, and a host that sends.

use std::future::pending;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum_core::body::Body;
use axum_core::response::Response;
use http::{HeaderValue, header};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tusk_fn_spec::record::{FunctionRecord, Idempotent};
use tusk_fn_spec::trigger::Trigger;

use crate::context::Trace;
use crate::dispatch::{Function, Program};
use crate::error::Failure;
use crate::event::Item;
use crate::idempotency::MemoryStore;
use crate::invocation::Input;
use crate::private::{HandlerFuture, Invocation, Outcome, Requirements, boxed};
use crate::provider::azure::Host;
use crate::provider::{EVENTS, Provider};
use crate::state::States;

/// What the functions of a program saw, in order.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<Value>>>);

/// The record of a function of that trigger.
pub(in crate::provider::azure) fn record(name: &str, trigger: &Value) -> FunctionRecord {
    let source = json!({"package": "shop", "module": "shop", "function": name, "file": "lib.rs", "line": 1});
    let record = json!({"v": 1, "name": name, "trigger": trigger, "source": source, "timeout_ms": 200});
    FunctionRecord::from_json(record.to_string().as_bytes()).expect("a record")
}

/// A function of each trigger, each with its trigger's name, and two that answer clients.
fn functions() -> Vec<Function> {
    let triggers = [
        ("timer", json!({"kind": "timer", "schedule": "0 */5 * * * *"})),
        ("queue", json!({"kind": "queue", "queue": "orders"})),
        ("topic", json!({"kind": "topic", "topic": "paid", "filter": ["region = eu | us"]})),
        ("blob", json!({"kind": "blob", "path": "uploads/<name>.csv", "events": ["created", "deleted"]})),
        ("database", json!({"kind": "database", "table": "shop/stock", "events": ["insert", "modify", "remove"]})),
        ("stream", json!({"kind": "stream", "stream": "clicks"})),
        ("event", json!({"kind": "event", "type": "com.example.*"})),
        ("users", json!({"kind": "http", "route": "users/<id>", "methods": {"any": null}})),
        ("files", json!({"kind": "http", "route": "files/<path..>", "methods": ["GET", "POST"]})),
    ];
    let function = |(name, trigger): &(&str, Value)| {
        let mut trigger = trigger.clone();
        if *name == "users" {
            trigger["methods"] = "any".into();
        }
        let record = record(name, &trigger);
        let events = (!matches!(record.trigger, Trigger::Http(_))).then_some(&EVENTS);
        Function::new(record, see, &Requirements { events, ..Requirements::default() })
    };
    triggers.iter().map(function).chain([once()]).collect()
}

/// One that handles a message once, and has time for it.
fn once() -> Function {
    let mut record = record("once", &json!({"kind": "queue", "queue": "once"}));
    (record.idempotent, record.timeout_ms) = (Some(Idempotent::Delivery), Some(20_000));
    Function::new(record, see, &Requirements { events: Some(&EVENTS), ..Requirements::default() })
}

/// Says what it saw, and does what its payload says.
fn see(mut invocation: Invocation) -> HandlerFuture {
    boxed(async move {
        let context = invocation.context();
        let seen: Seen = invocation.program.states().get().expect("the program has it");
        let trace = match &context.delivery.trace {
            Trace::Given(trace) => trace.clone(),
            Trace::InHead => None,
        };
        let mut said = json!({
            "function": context.function(), "invocation": context.invocation_id(), "id": context.delivery.id,
            "attempt": context.attempt(), "trace": trace,
        });
        let word = match &mut invocation.delivered.input {
            Input::Http(http) => {
                let first = http.capture(0).map(|text| text.expect("UTF-8").into_owned());
                let (parts, body) = http.request().expect("a request").into_parts();
                let body = body.collect().await.map(|body| body.to_bytes().to_vec()).unwrap_or_default();
                said["capture"] = first.into();
                said["uri"] = parts.uri.to_string().into();
                said["method"] = parts.method.as_str().into();
                seen.0.lock().expect("no test panicked with it").push(said);
                let mut response = Response::new(Body::from(body));
                response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
                response.headers_mut().append("x-one", HeaderValue::from_static("a"));
                response.headers_mut().append("x-one", HeaderValue::from_static("b"));
                return Ok(Outcome::Response(response));
            }
            Input::Timer(timer) => {
                said["scheduled_at"] = timer.scheduled_at.to_string().into();
                said["past_due"] = timer.past_due.into();
                String::new()
            }
            Input::Item(item) => {
                said["item"] = described(item);
                String::from_utf8_lossy(&item.body()).into_owned()
            }
            Input::Batch(_) | Input::Native(_) => panic!("no function takes it"),
        };
        seen.0.lock().expect("no test panicked with it").push(said);
        match &*word {
            "fail" => Ok(Outcome::Failed(Failure::new("Broken", "a secret"))),
            "reject" => Ok(Outcome::Failed(Failure::new("Rejected", "a secret").rejecting())),
            "hang" => pending().await,
            "slow" => {
                sleep(Duration::from_millis(300)).await;
                Ok(Outcome::Completed(Value::Null))
            }
            "panic" => panic!("it panicked"),
            _ => Ok(Outcome::Completed(Value::Null)),
        }
    })
}

fn described(item: &Item) -> Value {
    let moment = |time: Option<jiff::Timestamp>| time.map(|time| time.to_string());
    match item {
        Item::Message(it) => json!({
            "body": String::from_utf8_lossy(&it.body), "attributes": it.attributes, "id": it.id, "group": it.group,
            "time": moment(it.enqueued_at),
        }),
        Item::Blob(it) => json!({
            "bucket": it.blob.bucket, "key": it.blob.key, "size": it.blob.size, "etag": it.blob.etag,
            "event": format!("{:?}", it.blob.event), "time": moment(it.blob.time), "capture": it.capture(0),
        }),
        Item::Change(it) => json!({
            "kind": format!("{:?}", it.kind), "key": it.key.values, "sequence": it.key.sequence,
                "time": moment(it.key.time),
            "new": it.new.as_ref().and_then(|image| image.read::<Value>().ok()),
        }),
        Item::Record(it) => json!({
            "body": String::from_utf8_lossy(&it.body), "partition": it.partition, "sequence": it.sequence,
                "time": moment(it.time),
        }),
        Item::Event(it) => json!({
            "id": it.id, "source": it.source, "type": it.event_type, "subject": it.subject, "time": moment(it.time),
            "kind": it.data_content_type, "extensions": it.extensions, "data": String::from_utf8_lossy(&it.data),
        }),
    }
}

/// A program that the host started.
pub(super) struct Served {
    pub(super) address: SocketAddr,
    pub(super) host: Host,
    seen: Seen,
}

/// What was answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: String,
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Whether the host takes it for a success, and for nothing else than that.
    pub(super) fn is_success(&self) -> bool {
        let empty = json!({"Outputs": {}, "Logs": [], "ReturnValue": null});
        self.status == 200 && self.head.contains("content-type: application/json\r\n") && self.json() == empty
    }
}

impl Served {
    /// One that listens, and has not started.
    pub(super) async fn listening() -> Self {
        let host = Host::listen(0, "api".to_owned()).await.expect("a free port");
        Self { address: host.address, host, seen: Seen::default() }
    }

    pub(super) async fn started() -> Self {
        let served = Self::listening().await;
        served.start();
        served
    }

    pub(super) fn start(&self) {
        let mut states = States::default();
        states.insert(self.seen.clone());
        let program = Program::new(Provider::Azure, functions(), states);
        self.host.start(Arc::new(program.with_idempotency(Arc::new(MemoryStore::default()))));
    }

    /// What the functions saw since the last call.
    pub(super) fn seen(&self) -> Vec<Value> {
        std::mem::take(&mut *self.seen.0.lock().expect("no test panicked with it"))
    }

    /// Sends bytes, and reads what is answered.
    pub(super) async fn send(&self, request: &[u8]) -> Answer {
        let exchange = async {
            let mut stream = TcpStream::connect(self.address).await.expect("it listens");
            // A server that refuses a request need not read all of it.
            let _ = stream.write_all(request).await;
            let mut answer = Vec::new();
            let _ = stream.read_to_end(&mut answer).await;
            String::from_utf8_lossy(&answer).into_owned()
        };
        let answer = timeout(Duration::from_secs(20), exchange).await.expect("an answer in time");
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        Answer { status, head: format!("{}\r\n", head.to_lowercase()), body: body.to_owned() }
    }

    /// A request as the host sends it: in chunks, with its headers.
    pub(super) async fn invoke_with(&self, target: &str, headers: &str, body: &str) -> Answer {
        let chunk = if body.is_empty() { String::new() } else { format!("{:x}\r\n{body}\r\n", body.len()) };
        let request = format!(
            "POST {target} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nX-Azure-Functions-HostVersion: 4.1041.100.0\r\n\
             X-Azure-Functions-InvocationId: 83a33220-a921-460a-bec0-b3f043dcf1ff\r\n\
             User-Agent: Azure-Functions-Host/4.1041.100.0\r\nTransfer-Encoding: chunked\r\n\
             traceparent: 00-bb2bd5eef54cb15a1506d0326d2489e7-d3f54c84c7034d76-00\r\n\
             Content-Type: application/json; charset=utf-8\r\nConnection: close\r\n{headers}\r\n{chunk}0\r\n\r\n",
            self.address.port()
        );
        self.send(request.as_bytes()).await
    }

    /// An invocation as the host sends it.
    pub(super) async fn invoke(&self, function: &str, data: &Value, metadata: &Value) -> Answer {
        self.invoke_with(&format!("/{function}"), "", &invocation(data, metadata)).await
    }

    /// What the one call of a function saw that this was for.
    pub(super) async fn saw(&self, function: &str, data: &Value, metadata: &Value) -> Vec<Value> {
        let answer = self.invoke(function, data, metadata).await;
        assert!(answer.is_success(), "{answer:?}");
        self.seen()
    }
}

pub(super) fn invocation(data: &Value, metadata: &Value) -> String {
    json!({"Data": data, "Metadata": metadata}).to_string()
}

/// A value as the host writes it that is a text, or no object.
pub(super) fn wrapped(value: impl Into<Value>) -> Value {
    Value::String(value.into().to_string())
}

/// The metadata of a message of a Storage Queue.
pub(super) fn storage() -> Value {
    json!({
        "DequeueCount": "2", "ExpirationTime": "2026-02-07T12:00:00+00:00", "Id": "\"800ae4b3\"",
        "InsertionTime": "2026-01-31T12:00:00+00:00", "NextVisibleTime": "2026-01-31T12:10:00+00:00",
            "PopReceipt": "\"AgAAAA\"",
        "sys": {"MethodName": "queue", "UtcNow": "2026-01-31T12:00:00.2205399Z", "RandGuid": "e5c3"}
    })
}

/// The metadata of a message of Service Bus.
pub(super) fn service_bus() -> Value {
    json!({
        "MessageId": "\"m-1\"", "DeliveryCount": "3", "EnqueuedTimeUtc": "2026-01-31T12:00:00", "SequenceNumber": "17",
        "LockToken": "\"l\"", "SessionId": "\"g-1\"", "ApplicationProperties": {"region": "eu", "pieces": 7,
            "gift": true, "x": null},
        "UserProperties": {"region": "eu"}, "sys": {"MethodName": "queue"}
    })
}

/// The metadata of a record.
pub(super) fn event_hub() -> Value {
    json!({
        "PartitionContext": {"EventHubName": "clicks", "ConsumerGroup": "$Default", "PartitionId": "3"},
        "PartitionKey": "\"k\"", "Offset": "4294967296", "SequenceNumber": "42",
            "EnqueuedTimeUtc": "2026-01-31T12:00:00",
        "Properties": {}, "SystemProperties": {"SequenceNumber": 42, "PartitionKey": "k"},
            "sys": {"MethodName": "stream"}
    })
}

/// An event of Event Grid.
pub(super) fn grid(event_type: &str, subject: &str, data: &Value) -> Value {
    json!({
        "id": "e-1", "topic": "/subscriptions/s/resourceGroups/g", "subject": subject, "eventType": event_type,
        "eventTime": "2026-01-31T12:00:00.5Z", "data": data, "dataVersion": "1", "metadataVersion": "1"
    })
}

/// What Event Grid says of a blob.
pub(super) fn blob_data() -> Value {
    json!({"api": "PutBlob", "eTag": "0x8D", "contentLength": 3, "contentType": "text/csv", "blobType": "BlockBlob"})
}
