//! Events as AWS sends them: to try a function with the very bytes that it will be given.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::event::{Blob, BlobEvent, Change, ChangeKey, CloudEvent, Message, Raw, Record};
use crate::functions::Payload;

/// A way in which AWS hands an event to a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Wire {
    /// A message of SQS. What is no message is in its body, as the service that it is of would put it there.
    Sqs,
    /// A notification of SNS.
    Sns,
    /// A notification of SNS in a message of SQS.
    SnsInSqs,
    /// As the service itself calls the function: S3, `DynamoDB`, Kinesis or `EventBridge`.
    Direct,
    /// An object's event through `EventBridge`.
    EventBridge,
    /// The same in a message of SQS.
    EventBridgeInSqs,
}

impl Wire {
    /// Every way.
    pub const ALL: [Self; 6] =
        [Self::Sqs, Self::Sns, Self::SnsInSqs, Self::Direct, Self::EventBridge, Self::EventBridgeInSqs];

    /// The event in which a payload comes that way; none where AWS does not send such a payload so.
    ///
    /// What the way does not carry is left out: `EventBridge` gives events ids of its own, say.
    pub fn encode(self, payload: &Payload) -> Option<Value> {
        match payload {
            Payload::Message(message) => match self {
                Self::Sqs => Some(sqs(message)),
                Self::Sns => Some(sns(message)),
                Self::SnsInSqs => Some(sqs(&in_message(&notification(message)))),
                Self::Direct | Self::EventBridge | Self::EventBridgeInSqs => None,
            },
            Payload::Blob(blob) => Some(match self {
                Self::Direct => s3(blob),
                Self::Sqs => sqs(&in_message(&s3(blob))),
                Self::Sns => sns(&in_message(&s3(blob))),
                Self::SnsInSqs => sqs(&in_message(&notification(&in_message(&s3(blob))))),
                Self::EventBridge => s3_through_event_bridge(blob),
                Self::EventBridgeInSqs => sqs(&in_message(&s3_through_event_bridge(blob))),
            }),
            Payload::Change(change) => (self == Self::Direct).then(|| dynamodb(change)).flatten(),
            Payload::Record(record) => (self == Self::Direct).then(|| kinesis(record)),
            Payload::Event(event) => {
                let sent = event_bridge(event)?;
                match self {
                    Self::Direct | Self::EventBridge => Some(sent),
                    Self::Sqs | Self::EventBridgeInSqs => Some(sqs(&in_message(&sent))),
                    Self::Sns => Some(sns(&in_message(&sent))),
                    Self::SnsInSqs => Some(sqs(&in_message(&notification(&in_message(&sent))))),
                }
            }
            Payload::Empty | Payload::Request(_) | Payload::ScheduledAt(_) | Payload::Unfit(_) => None,
        }
    }
}

/// A message whose body is an event of another service.
fn in_message(event: &Value) -> Message<Raw> {
    Message::new(Raw::from(event.to_string()))
}

fn text(raw: &Raw) -> String {
    String::from_utf8_lossy(raw).into_owned()
}

fn millis(at: Option<Timestamp>) -> String {
    at.unwrap_or_else(Timestamp::now).as_millisecond().to_string()
}

fn moment(at: Option<Timestamp>) -> String {
    at.unwrap_or_else(Timestamp::now).to_string()
}

fn sqs(message: &Message<Raw>) -> Value {
    let attribute = |value: &String| json!({"stringValue": value, "stringListValues": [], "binaryListValues": [], "dataType": "String"});
    let attributes: serde_json::Map<String, Value> =
        message.attributes.iter().map(|(name, value)| (name.clone(), attribute(value))).collect();
    let mut system = json!({
        "ApproximateReceiveCount": message.attempt.to_string(),
        "SentTimestamp": millis(message.enqueued_at),
        "SenderId": "AIDAEXAMPLE",
        "ApproximateFirstReceiveTimestamp": millis(message.enqueued_at),
    });
    let queue = match &message.group {
        Some(group) => {
            system["MessageGroupId"] = group.as_str().into();
            "queue.fifo"
        }
        None => "queue",
    };
    json!({"Records": [{
        "messageId": message.id,
        "receiptHandle": "receipt",
        "body": text(&message.body),
        "attributes": system,
        "messageAttributes": attributes,
        "md5OfBody": "",
        "eventSource": "aws:sqs",
        "eventSourceARN": format!("arn:aws:sqs:eu-central-1:123456789012:{queue}"),
        "awsRegion": "eu-central-1",
    }]})
}

fn notification(message: &Message<Raw>) -> Value {
    let attribute = |value: &String| json!({"Type": "String", "Value": value});
    let attributes: serde_json::Map<String, Value> =
        message.attributes.iter().map(|(name, value)| (name.clone(), attribute(value))).collect();
    json!({
        "Type": "Notification",
        "MessageId": message.id,
        "TopicArn": "arn:aws:sns:eu-central-1:123456789012:topic",
        "Message": text(&message.body),
        "Timestamp": moment(message.enqueued_at),
        "SignatureVersion": "1",
        "MessageAttributes": attributes,
    })
}

fn sns(message: &Message<Raw>) -> Value {
    json!({"Records": [{
        "EventSource": "aws:sns",
        "EventVersion": "1.0",
        "EventSubscriptionArn": "arn:aws:sns:eu-central-1:123456789012:topic:1",
        "Sns": notification(message),
    }]})
}

/// What S3 leaves as it is in an object's name.
const S3_PLAIN: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'/').remove(b'*').remove(b' ');

fn s3(blob: &Blob) -> Value {
    let key = utf8_percent_encode(&blob.key, S3_PLAIN).to_string().replace(' ', "+");
    let mut object = json!({"key": key, "sequencer": "0055AED6DCD90281E5"});
    if let Some(size) = blob.size {
        object["size"] = size.into();
    }
    if let Some(etag) = &blob.etag {
        object["eTag"] = etag.as_str().into();
    }
    let name = match blob.event {
        BlobEvent::Created => "ObjectCreated:Put",
        BlobEvent::Deleted => "ObjectRemoved:Delete",
    };
    json!({"Records": [{
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": "eu-central-1",
        "eventTime": moment(blob.time),
        "eventName": name,
        "s3": {"s3SchemaVersion": "1.0", "bucket": {"name": blob.bucket, "arn": format!("arn:aws:s3:::{}", blob.bucket)}, "object": object},
    }]})
}

fn s3_through_event_bridge(blob: &Blob) -> Value {
    let mut object = json!({"key": blob.key, "sequencer": "0055AED6DCD90281E5"});
    if let Some(size) = blob.size {
        object["size"] = size.into();
    }
    if let Some(etag) = &blob.etag {
        object["etag"] = etag.as_str().into();
    }
    let kind = match blob.event {
        BlobEvent::Created => "Object Created",
        BlobEvent::Deleted => "Object Deleted",
    };
    let detail = json!({"version": "0", "bucket": {"name": blob.bucket}, "object": object});
    envelope("17793124-05d4-b198-2fde-7ededc63b103", kind, "aws.s3", None, blob.time, &detail)
}

fn envelope(
    id: &str,
    kind: &str,
    source: &str,
    subject: Option<&str>,
    time: Option<Timestamp>,
    detail: &Value,
) -> Value {
    json!({
        "version": "0",
        "id": id,
        "detail-type": kind,
        "source": source,
        "account": "123456789012",
        "time": moment(time),
        "region": "eu-central-1",
        "resources": subject.into_iter().collect::<Vec<_>>(),
        "detail": detail,
    })
}

fn event_bridge(event: &CloudEvent<Raw>) -> Option<Value> {
    let detail: Value = serde_json::from_slice(&event.data).ok()?;
    Some(envelope(&event.id, &event.event_type, &event.source, event.subject.as_deref(), event.time, &detail))
}

/// In seconds with a fraction, as Kinesis has it.
#[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit")]
fn seconds(at: Timestamp) -> f64 {
    at.as_millisecond() as f64 / 1000.0
}

fn kinesis(record: &Record<Raw>) -> Value {
    let at = record.time.unwrap_or_else(Timestamp::now);
    json!({"Records": [{
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": record.partition,
            "sequenceNumber": record.sequence,
            "data": BASE64_STANDARD.encode(&*record.body),
            "approximateArrivalTimestamp": seconds(at),
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": format!("shardId-000000000000:{}", record.sequence),
        "eventName": "aws:kinesis:record",
        "awsRegion": "eu-central-1",
        "eventSourceARN": "arn:aws:kinesis:eu-central-1:123456789012:stream/stream",
    }]})
}

fn dynamodb(change: &Change<Value>) -> Option<Value> {
    let item = |value: &Value| serde_json::to_value(serde_dynamo::to_item::<_, serde_dynamo::Item>(value).ok()?).ok();
    let (name, old, new) = match change {
        Change::Insert { new, .. } => ("INSERT", None, Some(new)),
        Change::Modify { old, new, .. } => ("MODIFY", old.as_ref(), Some(new)),
        Change::Remove { old, .. } => ("REMOVE", old.as_ref(), None),
        // DynamoDB always tells which.
        Change::Upsert { .. } => return None,
    };
    let ChangeKey { values, sequence, time } = change.key();
    let mut record = json!({
        "Keys": item(&json!(values))?,
        "SequenceNumber": sequence,
        "SizeBytes": 1,
        "StreamViewType": "NEW_AND_OLD_IMAGES",
        "ApproximateCreationDateTime": time.unwrap_or_else(Timestamp::now).as_second(),
    });
    for (field, image) in [("OldImage", old), ("NewImage", new)] {
        if let Some(image) = image {
            record[field] = item(image)?;
        }
    }
    Some(json!({"Records": [{
        "eventID": sequence,
        "eventName": name,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-central-1",
        "dynamodb": record,
        "eventSourceARN": "arn:aws:dynamodb:eu-central-1:123456789012:table/table/stream/2026-01-31T12:00:00.000",
    }]}))
}
