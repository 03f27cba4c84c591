//! What the host sends for each kind of trigger: values in `Data` by the binding's name, and what it says of them in `Metadata`
//! (`ScriptInvocationContextExtensions`, and the names of each extension's binding data).

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::host::text;
use super::services::bus::Message;
use super::services::hubs::Batch;

/// `Data` and `Metadata`.
pub(crate) type Sent = (Value, Value);

const NOON: &str = "2026-01-31T12:00:00";

fn data(binding: &Value, value: &Value) -> Value {
    json!({ binding["name"].as_str().expect("a name"): value })
}

/// A payload of a binding of bytes.
fn bytes(binding: &Value, body: &str) -> Value {
    assert_eq!(binding["dataType"], "binary");
    BASE64_STANDARD.encode(body).into()
}

pub(crate) fn message(binding: &Value, message: &Message) -> Sent {
    let mut metadata = json!({
        "MessageId": text(&*message.id), "DeliveryCount": message.deliveries.to_string(),
        "SequenceNumber": message.sequence.to_string(), "EnqueuedTimeUtc": NOON,
        "LockToken": text(format!("2c7c8fba-8b3a-4b2f-9d3c-{:012x}", message.sequence)),
        "ApplicationProperties": message.properties, "UserProperties": message.properties,
        "sys": { "MethodName": "messages" },
    });
    if let Some(session) = &message.session {
        metadata["SessionId"] = text(&**session);
    }
    (data(binding, &bytes(binding, &message.body)), metadata)
}

pub(crate) fn documents(binding: &Value, documents: &[Value]) -> Sent {
    (data(binding, &text(Value::from(documents).to_string())), json!({ "sys": { "MethodName": "documents" } }))
}

pub(crate) fn records(binding: &Value, hub: &str, batch: &Batch) -> Sent {
    let bodies: Vec<Value> = batch.records.iter().map(|record| bytes(binding, &record.body)).collect();
    let keys: Vec<&str> = batch.records.iter().map(|record| &*record.key).collect();
    let numbers: Vec<usize> = (batch.first..).take(keys.len()).collect();
    let metadata = json!({
        "PartitionContext": {
            "EventHubName": hub, "ConsumerGroup": binding["consumerGroup"], "PartitionId": batch.partition.to_string(),
        },
        "PartitionKeyArray": text(keys.clone()), "SequenceNumberArray": text(numbers.clone()),
        "OffsetArray": text(numbers), "EnqueuedTimeUtcArray": text(vec![NOON; keys.len()]),
        "sys": { "MethodName": "records" },
    });
    (data(binding, &text(bodies)), metadata)
}

pub(crate) fn timer(binding: &Value) -> Sent {
    let info = json!({ "Schedule": { "AdjustForDST": true }, "ScheduleStatus": null, "IsPastDue": false });
    (data(binding, &info), json!({ "sys": { "MethodName": "timer" } }))
}

/// What the host adds where it tries an invocation again.
pub(crate) fn again(metadata: &mut Value, count: u64, most: u64) {
    if count > 0 {
        metadata["RetryContext"] =
            json!({ "RetryCount": count, "MaxRetryCount": most, "Exception": { "Message": "x" } });
    }
}
