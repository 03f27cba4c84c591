//! What is not as its kind must be, and what is said of it.

use bytes::Bytes;
use serde_json::{Value, json};

use super::items::{batch, blob, change, in_sqs, object_created, only, opened, paid, queue, topic};
use super::support::{bus_event, message, notification, s3_record};
use crate::provider::aws::items::Content;

#[test]
fn what_is_broken_names_the_function_the_shape_and_the_field() {
    let shop = |fields: &Value| bus_event(0, "paid", "shop", fields);
    let without = |mut event: Value, pointer: &str| {
        *event.pointer_mut(pointer).expect("a field") = Value::Null;
        event
    };
    let stream = json!({"kind": "stream", "stream": "clicks"});
    let stock = json!({"kind": "database", "table": "stock", "events": ["insert"]});
    let kinesis = |fields: Value| batch(&[json!({"eventSource": "aws:kinesis", "kinesis": fields})]);
    let sqs = || batch(&[message(0, Some("1"), false)]);
    let set = |pointer: &str, value: Value| {
        let mut event = sqs();
        *event.pointer_mut(pointer).expect("a field") = value;
        event
    };
    for (event, trigger, shape, field) in [
        (set("/Records/0/messageAttributes", json!([1])), queue(), "a message of SQS", "`messageAttributes`"),
        (
            set("/Records/0/messageAttributes", json!({"a": {"dataType": "String"}})),
            queue(),
            "a message of SQS",
            "`messageAttributes.a.stringValue` or `binaryValue` is missing",
        ),
        (set("/Records/0/body", json!(7)), queue(), "a message of SQS", "`body` is no text"),
        (without(sqs(), "/Records/0/messageId"), queue(), "a message of SQS", "`messageId` is missing"),
        (
            in_sqs(&without(notification(0, Some("1")), "/MessageId")),
            topic(&[]),
            "a message of a topic",
            "`MessageId` is missing",
        ),
        (batch(&[json!({"EventSource": "aws:sns"})]), topic(&[]), "a message of SNS", "`Sns` is missing"),
        (in_sqs(&json!("x")), blob(), "an object of a bucket", "`Records` and `detail-type` are missing"),
        (in_sqs(&json!({"Records": 1})), blob(), "an object of a bucket", "`Records` cannot be read"),
        (in_sqs(&sqs()), blob(), "an object of a bucket", "`eventSource` is \"aws:sqs\""),
        (
            in_sqs(&shop(&json!({}))),
            blob(),
            "an object of a bucket",
            "an EventBridge event of type \"paid\" from \"shop\"",
        ),
        (batch(&[s3_record(0, None)]), blob(), "an object of a bucket", "`s3.object.key` is missing"),
        (batch(&[s3_record(0, Some("%FF"))]), blob(), "an object of a bucket", "`s3.object.key` is no encoded UTF-8"),
        (
            without(object_created("a"), "/detail/bucket/name"),
            blob(),
            "an object of a bucket",
            "`detail.bucket.name` is missing",
        ),
        (in_sqs(&json!({})), paid(), "an event of EventBridge", "`detail-type` is missing"),
        (in_sqs(&without(shop(&json!({})), "/source")), paid(), "an event of EventBridge", "`source` is missing"),
        (kinesis(json!(null)), stream.clone(), "a record of Kinesis", "`kinesis` is missing"),
        (kinesis(json!({"data": "*"})), stream, "a record of Kinesis", "`kinesis.data` is no base64"),
        (change("TRUNCATE", &json!({})), stock.clone(), "a change of a table", "`eventName` is \"TRUNCATE\""),
        (change("INSERT", &json!({})), stock.clone(), "a change of a table", "`dynamodb.Keys` is missing"),
        (
            change("INSERT", &json!({"Keys": {}, "SequenceNumber": "1", "NewImage": {"a": {"N": 1}}})),
            stock,
            "a change of a table",
            "`dynamodb.NewImage` cannot be read",
        ),
    ] {
        let error = only(&event, &trigger).err().expect("it is broken");
        for part in ["the function `handle`", shape, field] {
            assert!(error.contains(part), "{error}: {part}");
        }
    }
}

#[test]
fn a_broken_record_keeps_its_name() {
    let identifier = |event: Value, trigger: &Value| {
        let opened = opened(&Bytes::from(event.to_string()), trigger);
        assert!(matches!(opened.units[0].contents[..], [Content::Broken(..)]));
        opened.units[0].identifier.clone()
    };
    let stream = json!({"kind": "stream", "stream": "clicks"});
    let kinesis = json!({"eventSource": "aws:kinesis", "kinesis": {"sequenceNumber": "7", "data": 1}});
    assert_eq!(identifier(batch(&[kinesis]), &stream).as_deref(), Some("7"));
    let stock = json!({"kind": "database", "table": "stock", "events": ["insert"]});
    assert_eq!(identifier(change("X", &json!({"SequenceNumber": "8"})), &stock).as_deref(), Some("8"));
    assert_eq!(identifier(batch(&[message(9, None, false)]), &queue()).as_deref(), Some("id-9"));
    assert_eq!(identifier(change("X", &json!({"SequenceNumber": ""})), &stock), None);
}
