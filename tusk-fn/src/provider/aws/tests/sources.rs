//! Every way for items to come, and how its source is told what failed.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::support::{
    Word, blob, bus_event, database, databases, event, message, notification, queue, queues, s3_record, stream,
    streams, topic, topics,
};
use crate::private::HandlerFn;

/// How a source is told what failed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// Each item.
    Each,
    /// The first item.
    First,
    /// That something did.
    Whole,
}

/// What must not overtake what.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ordered {
    No,
    /// Within the even ones and within the odd ones.
    Groups,
    All,
}

/// A way for items to come.
pub(super) struct Source {
    pub(super) name: &'static str,
    pub(super) trigger: Value,
    pub(super) single: HandlerFn,
    pub(super) batch: Option<HandlerFn>,
    pub(super) event: fn(&[Word]) -> Value,
    pub(super) identifier: fn(usize) -> String,
    pub(super) told: Told,
    pub(super) ordered: Ordered,
    /// Whether one item is handled after the other, for lack of concurrency.
    pub(super) one_by_one: bool,
}

pub(super) fn records(words: &[Word], record: impl Fn(usize, Word) -> Value) -> Value {
    json!({"Records": words.iter().enumerate().map(|(at, word)| record(at, *word)).collect::<Vec<Value>>()})
}

/// The word as JSON, if the envelope is to have it.
pub(super) fn body(word: Word) -> Option<String> {
    (word != Word::Broken).then(|| json!(word).to_string())
}

/// The word as a key, if the envelope is to have it.
pub(super) fn key(word: Word) -> Option<String> {
    (word != Word::Broken).then(|| word.text())
}

pub(super) fn queue_event(words: &[Word], fifo: bool) -> Value {
    records(words, |at, word| message(at, body(word).as_deref(), fifo))
}

pub(super) fn carried(words: &[Word], event: impl Fn(usize, Word) -> Value) -> Value {
    records(words, |at, word| message(at, Some(&event(at, word).to_string()), false))
}

pub(super) fn paid(at: usize, word: Word) -> Value {
    let mut event = bus_event(at, "paid", "shop", &json!(word));
    if word == Word::Broken {
        event["id"] = Value::Null;
    }
    event
}

pub(super) fn kinesis(at: usize, word: Word) -> Value {
    let mut record = json!({
        "eventSource": "aws:kinesis", "eventID": format!("shard:{at}"),
        "kinesis": {
            "partitionKey": "p", "sequenceNumber": format!("seq-{at}"), "approximateArrivalTimestamp": 1_480_641_523.477,
            "data": body(word).map(|body| BASE64_STANDARD.encode(body))
        }
    });
    if word == Word::Broken {
        record["kinesis"]["data"] = "*".into();
    }
    record
}

pub(super) fn change(at: usize, word: Word) -> Value {
    let image = json!({"id": {"S": "a"}, "word": {"S": word.text()}});
    let mut record = json!({
        "eventSource": "aws:dynamodb", "eventID": format!("change-{at}"), "eventName": "MODIFY",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_480_642_020, "Keys": {"id": {"S": "a"}}, "NewImage": image,
            "SequenceNumber": format!("seq-{at}")
        }
    });
    if word == Word::Broken {
        record["dynamodb"]["NewImage"]["word"] = json!({"X": 1});
    }
    record
}

pub(super) fn sources() -> Vec<Source> {
    let message_id: fn(usize) -> String = |at| format!("id-{at}");
    let sequence: fn(usize) -> String = |at| format!("seq-{at}");
    let queued = Source {
        name: "SQS",
        trigger: json!({"kind": "queue", "queue": "orders"}),
        single: queue,
        batch: Some(queues),
        event: |words| queue_event(words, false),
        identifier: message_id,
        told: Told::Each,
        ordered: Ordered::No,
        one_by_one: false,
    };
    let published = || json!({"kind": "topic", "topic": "paid", "filter": ["region = eu"]});
    let uploaded = || json!({"kind": "blob", "path": "uploads/<word>", "events": ["created"]});
    let on_bus = || json!({"kind": "event", "type": "paid"});
    vec![
        Source {
            name: "SQS FIFO",
            trigger: json!({"kind": "queue", "queue": "orders", "ordered": true}),
            event: |words| queue_event(words, true),
            ordered: Ordered::Groups,
            ..queued
        },
        Source {
            name: "SNS in SQS",
            trigger: published(),
            single: topic,
            batch: Some(topics),
            event: |words| carried(words, |at, word| notification(at, body(word).as_deref())),
            ..queued
        },
        Source {
            name: "S3 in SQS",
            trigger: uploaded(),
            single: blob,
            batch: None,
            event: |words| carried(words, |at, word| json!({"Records": [s3_record(at, key(word).as_deref())]})),
            one_by_one: true,
            ..queued
        },
        Source {
            name: "EventBridge in SQS",
            trigger: on_bus(),
            single: event,
            batch: None,
            event: |words| carried(words, paid),
            one_by_one: true,
            ..queued
        },
        Source {
            name: "SNS",
            trigger: published(),
            single: topic,
            batch: Some(topics),
            event: |words| {
                records(
                    words,
                    |at, word| json!({"EventSource": "aws:sns", "Sns": notification(at, body(word).as_deref())}),
                )
            },
            told: Told::Whole,
            ..queued
        },
        Source {
            name: "S3",
            trigger: uploaded(),
            single: blob,
            batch: None,
            event: |words| records(words, |at, word| s3_record(at, key(word).as_deref())),
            told: Told::Whole,
            one_by_one: true,
            ..queued
        },
        Source {
            name: "Kinesis",
            trigger: json!({"kind": "stream", "stream": "clicks"}),
            single: stream,
            batch: Some(streams),
            event: |words| records(words, kinesis),
            identifier: sequence,
            told: Told::First,
            ordered: Ordered::All,
            one_by_one: true,
        },
        Source {
            name: "DynamoDB",
            trigger: json!({"kind": "database", "table": "stock", "events": ["insert", "modify"]}),
            single: database,
            batch: Some(databases),
            event: |words| records(words, change),
            identifier: sequence,
            told: Told::First,
            ordered: Ordered::All,
            one_by_one: true,
        },
        queued,
    ]
}
