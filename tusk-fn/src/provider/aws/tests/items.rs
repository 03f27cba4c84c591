//! What is in an event, and in a message within it.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value, json};

use super::fixture;
use super::support::{bus_event, message, notification, record, s3_record};
use crate::context::{Delivery, Trace};
use crate::delivery::{Arrival, Order};
use crate::event::{BlobEvent, Change, FromItem as _, Item, Origin};
use crate::output::{Cloud, Nowhere};
use crate::provider::aws::event::{Event, decode};
use crate::provider::aws::items::{Content, Opened, open};

/// What an event holds for a function of that trigger.
pub(super) fn opened(event: &Bytes, trigger: &Value) -> Opened {
    let sent = match decode(event) {
        Ok(Event::Sent(sent) | Event::Scheduled(_, Some(sent))) => sent,
        Ok(_) => panic!("no event source sent this"),
        Err(failure) => panic!("{failure}"),
    };
    open(&sent, &record("handle", trigger), &Delivery::local())
}

/// Its items; why it is broken, or that it is not wanted, in their place.
pub(super) fn contents(event: &Value, trigger: &Value) -> Vec<Result<Arrival, String>> {
    let opened = opened(&Bytes::from(event.to_string()), trigger);
    let result = |content| match content {
        Content::Item(arrival, _) => Ok(*arrival),
        Content::Broken(failure, _) => Err(failure.message().to_owned()),
        Content::Unwanted => Err("unwanted".to_owned()),
    };
    opened.units.into_iter().flat_map(|unit| unit.contents).map(result).collect()
}

pub(super) fn only(event: &Value, trigger: &Value) -> Result<Arrival, String> {
    let mut contents = contents(event, trigger);
    assert_eq!(contents.len(), 1);
    contents.remove(0)
}

pub(super) fn batch(records: &[Value]) -> Value {
    json!({ "Records": records })
}

/// The event, as the text of a message of SQS.
pub(super) fn in_sqs(event: &Value) -> Value {
    batch(&[message(0, Some(&event.to_string()), false)])
}

/// The event, as the text of a message of SNS.
fn in_sns(event: &Value) -> Value {
    batch(&[json!({"EventSource": "aws:sns", "Sns": notification(0, Some(&event.to_string()))})])
}

/// The event, as the text of a message of SNS, in a message of SQS.
fn in_both(event: &Value) -> Value {
    in_sqs(&notification(0, Some(&event.to_string())))
}

pub(super) fn queue() -> Value {
    json!({"kind": "queue", "queue": "orders"})
}

pub(super) fn topic(filter: &[&str]) -> Value {
    json!({"kind": "topic", "topic": "paid", "filter": filter})
}

pub(super) fn blob() -> Value {
    json!({"kind": "blob", "path": "uploads/<folder>/<name>.csv", "events": ["created"]})
}

pub(super) fn paid() -> Value {
    json!({"kind": "event", "type": "paid"})
}

#[test]
fn a_message_of_sqs_comes_whole() {
    let mut event = batch(&[message(0, Some("{\"a\":1}"), false)]);
    event["Records"][0]["messageAttributes"] = json!({
        "text": {"stringValue": "é", "stringListValues": [], "dataType": "String"},
        "number": {"stringValue": "1.50", "dataType": "Number.money"},
        "binary": {"binaryValue": "AP8=", "dataType": "Binary"}
    });
    event["Records"][0]["attributes"]["AWSTraceHeader"] = "Root=1-2-3".into();
    event["Records"][0]["attributes"]["MessageGroupId"] = "g".into();
    let Arrival { item, delivery } = only(&event, &queue()).expect("an item");
    let Item::Message(message) = item else { panic!("{item:?}") };
    assert_eq!(message.body, "{\"a\":1}");
    let attribute = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let expected = BTreeMap::from([attribute("binary", "AP8="), attribute("number", "1.50"), attribute("text", "é")]);
    assert_eq!(message.attributes, expected);
    assert_eq!((&*message.id, message.group.as_deref()), ("id-0", Some("g")));
    assert_eq!(message.enqueued_at, Some("2018-03-09T18:53:45.029Z".parse().expect("a moment")));
    assert_eq!((delivery.id.as_deref(), delivery.attempt), (Some("id-0"), 2));
    assert!(matches!(&delivery.trace, Trace::Given(Some(trace)) if trace == "Root=1-2-3"));
}

#[test]
fn only_a_queue_that_keeps_order_is_kept_in_order() {
    let order = |event: &Value, trigger: &Value| opened(&Bytes::from(event.to_string()), trigger).order;
    let fifo = batch(&[message(0, Some("1"), true)]);
    let mut fair = batch(&[message(0, Some("1"), false)]);
    fair["Records"][0]["attributes"]["MessageGroupId"] = "tenant".into();
    let ordered = json!({"kind": "queue", "queue": "orders", "ordered": true});
    assert_eq!(order(&fifo, &queue()), Order::Groups);
    assert_eq!(order(&fair, &queue()), Order::Any);
    assert_eq!(order(&fair, &ordered), Order::Groups);
    assert_eq!(order(&batch(&[message(0, Some("1"), false)]), &ordered), Order::Any);
    assert_eq!(order(&fifo, &paid()), Order::All);
}

#[test]
fn a_queue_gets_what_looks_like_an_envelope_as_it_is() {
    let body = notification(0, Some("1")).to_string();
    let arrival = only(&batch(&[message(0, Some(&body), false)]), &queue()).expect("an item");
    assert_eq!(arrival.item.body(), body);
}

#[test]
fn a_message_of_a_topic_is_the_same_whichever_way_it_comes() {
    let direct = batch(&[json!({"EventSource": "aws:sns", "Sns": notification(3, Some("{\"a\":1}"))})]);
    let queued = batch(&[message(0, Some(&notification(3, Some("{\"a\":1}")).to_string()), false)]);
    for (event, attempt) in [(direct, 1), (queued, 2)] {
        let Arrival { item, delivery } = only(&event, &topic(&[])).expect("an item");
        let Item::Message(message) = item else { panic!("{item:?}") };
        assert_eq!(message.body, "{\"a\":1}");
        assert_eq!(message.id, "sns-3");
        assert_eq!(message.attributes["region"], "eu");
        assert_eq!(message.enqueued_at, Some("2026-01-31T12:00:00Z".parse().expect("a moment")));
        assert_eq!((delivery.id.as_deref(), delivery.attempt), (Some("sns-3"), attempt));
    }
}

#[test]
fn a_message_of_a_topic_that_looks_like_an_envelope_stays_as_it_is() {
    let body = notification(7, Some("1")).to_string();
    let published = notification(3, Some(&body));
    let direct = batch(&[json!({"EventSource": "aws:sns", "Sns": published})]);
    for event in [direct, in_sqs(&published)] {
        let arrival = only(&event, &topic(&[])).expect("an item");
        assert_eq!(arrival.item.body(), body);
        assert_eq!(arrival.delivery.id.as_deref(), Some("sns-3"));
    }
}

#[test]
fn a_message_of_a_topic_may_be_delivered_raw() {
    for body in ["plain", "{\"Type\":\"Notification\"}", "{\"Type\":\"Notification\",\"TopicArn\":\"mine\"}", "[]", ""]
    {
        let mut event = batch(&[message(0, Some(body), false)]);
        event["Records"][0]["messageAttributes"]["region"] = json!({"stringValue": "eu", "dataType": "String"});
        let arrival = only(&event, &topic(&["region = eu"])).expect("an item");
        assert_eq!(arrival.item.body(), body);
        assert_eq!(arrival.delivery.id.as_deref(), Some("id-0"));
    }
}

#[test]
fn a_subscription_that_waits_for_an_answer_is_no_message() {
    let body = String::from_utf8(fixture("example-sns-subscription-confirmation").to_vec()).expect("text");
    let error = only(&batch(&[message(0, Some(&body), false)]), &topic(&[])).err().expect("it is broken");
    assert!(error.contains("`SubscriptionConfirmation`"), "{error}");
}

#[test]
fn a_filter_is_that_of_the_topic() {
    for (attributes, filter, wanted) in [
        (json!({"kind": {"Type": "String", "Value": "paid"}}), "kind = paid", true),
        (json!({"kind": {"Type": "String", "Value": "open"}}), "kind = paid", false),
        (json!({}), "kind = paid", false),
        (json!({}), "kind != paid", true),
        (json!({"tusk_fn": {"Type": "String", "Value": "1"}}), "tusk_fn != *", true),
        (json!({"kind": {"Type": "String.Array", "Value": "[\"open\", \"paid\"]"}}), "kind = paid", true),
        (json!({"kind": {"Type": "String.Array", "Value": "[\"open\", \"paid\"]"}}), "kind != paid", true),
        (json!({"kind": {"Type": "String.Array", "Value": "[\"paid\"]"}}), "kind != paid", false),
        (json!({"kind": {"Type": "Number", "Value": 7}}), "kind = 7", true),
    ] {
        let mut sns = notification(0, Some("1"));
        sns["MessageAttributes"] = attributes;
        let found = only(&in_sqs(&sns), &topic(&[filter]));
        assert_eq!(found.is_ok(), wanted, "{sns} {filter}");
    }
}

/// Every way for an object to come, and the id that it is delivered under where its event has no sequencer.
fn ways(notified: &Value, on_bus: &Value) -> Vec<(Value, Option<&'static str>)> {
    vec![
        (notified.clone(), None),
        (in_sqs(notified), Some("id-0#0")),
        (in_sns(notified), Some("sns-0#0")),
        (in_both(notified), Some("sns-0#0")),
        (on_bus.clone(), Some("event-0")),
        (in_sqs(on_bus), Some("event-0")),
        (in_sns(on_bus), Some("event-0")),
        (in_both(on_bus), Some("event-0")),
    ]
}

pub(super) fn object_created(key: &str) -> Value {
    let object = json!({"key": key, "size": 3, "etag": "abc", "version-id": "v", "sequencer": "00550"});
    bus_event(
        0,
        "Object Created",
        "aws.s3",
        &json!({"version": "0", "bucket": {"name": "shop-uploads-x7"}, "object": object}),
    )
}

#[test]
fn an_object_is_the_same_whichever_way_it_comes() {
    let notified = batch(&[s3_record(0, Some("a+b%2Bc%C3%A9/d%25.csv"))]);
    for (event, _) in ways(&notified, &object_created("a b+cé/d%.csv")) {
        let Arrival { item, delivery } = only(&event, &blob()).expect("an item");
        let Item::Blob(item) = item else { panic!("{item:?}") };
        assert_eq!((&*item.blob.bucket, &*item.blob.key), ("shop-uploads-x7", "a b+cé/d%.csv"));
        assert_eq!((item.blob.size, item.blob.etag.as_deref()), (Some(3), Some("abc")));
        assert_eq!(item.blob.event, BlobEvent::Created);
        assert_eq!(item.blob.time, Some("2026-01-31T12:00:00Z".parse().expect("a moment")));
        assert_eq!((item.capture(0), item.capture(1)), (Some("a b+cé"), Some("d%")));
        assert_eq!(delivery.id.as_deref(), Some("shop-uploads-x7/a b+cé/d%.csv@00550"));
    }
}

#[test]
fn an_object_without_sequencer_has_the_id_of_what_told_of_it() {
    let mut notified = batch(&[s3_record(0, Some("a/b.csv"))]);
    notified["Records"][0]["s3"]["object"]["sequencer"] = Value::Null;
    let mut on_bus = object_created("a/b.csv");
    on_bus["detail"]["object"]["sequencer"] = Value::Null;
    for (event, id) in ways(&notified, &on_bus) {
        assert_eq!(only(&event, &blob()).expect("an item").delivery.id.as_deref(), id, "{event}");
    }
}

#[test]
fn objects_that_a_function_does_not_want_are_passed_over() {
    let deleted = json!({"kind": "blob", "path": "uploads/<folder>/<name>.csv", "events": ["deleted"]});
    for (name, bus, created, gone) in [
        ("ObjectCreated:CompleteMultipartUpload", "Object Created", true, false),
        ("s3:ObjectCreated:Put", "Object Created", true, false),
        ("ObjectRemoved:DeleteMarkerCreated", "Object Deleted", false, true),
        ("LifecycleExpiration:Delete", "Object Deleted", false, true),
        ("ObjectTagging:Put", "Object Tags Added", false, false),
        ("ObjectRestore:Completed", "Object Restore Completed", false, false),
    ] {
        for (key, matches) in [("a/b.csv", true), ("a/b.txt", false), ("b.csv", false)] {
            let mut notified = batch(&[s3_record(0, Some(key))]);
            notified["Records"][0]["eventName"] = name.into();
            let mut on_bus = object_created(key);
            on_bus["detail-type"] = bus.into();
            for (event, _) in ways(&notified, &on_bus) {
                let wants = |trigger: &Value| match only(&event, trigger) {
                    Ok(_) => true,
                    Err(why) => {
                        assert_eq!(why, "unwanted", "{event}");
                        false
                    }
                };
                assert_eq!(wants(&blob()), created && matches, "{name} {key}");
                assert_eq!(wants(&deleted), gone && matches, "{name} {key}");
            }
        }
    }
}

/// In a bucket that keeps versions an object is deleted by a marker, and a version for good.
#[test]
fn the_end_of_a_version_is_no_deletion_of_the_object() {
    let deleted = json!({"kind": "blob", "path": "uploads/<folder>/<name>.csv", "events": ["deleted"]});
    let (version, none, null) = (json!("IYV3p45BT0ac8hjHg1houSdS1a"), Value::Null, json!("null"));
    let (removed, expired) = ("ObjectRemoved:Delete", "s3:LifecycleExpiration:Delete");
    let (for_good, marked) = ("Permanently Deleted", "Delete Marker Created");
    for (name, kind, version, wanted) in [
        (removed, for_good, &version, false),
        (expired, for_good, &version, false),
        (removed, for_good, &none, true),
        (expired, for_good, &null, true),
        ("ObjectRemoved:DeleteMarkerCreated", marked, &version, true),
        ("s3:LifecycleExpiration:DeleteMarkerCreated", marked, &version, true),
    ] {
        let mut notified = batch(&[s3_record(0, Some("a/b.csv"))]);
        notified["Records"][0]["eventName"] = name.into();
        notified["Records"][0]["s3"]["object"]["versionId"] = version.clone();
        let mut on_bus = object_created("a/b.csv");
        on_bus["detail-type"] = "Object Deleted".into();
        on_bus["detail"]["deletion-type"] = kind.into();
        on_bus["detail"]["object"]["version-id"] = version.clone();
        for (event, _) in ways(&notified, &on_bus) {
            assert_eq!(only(&event, &deleted).err().as_deref(), (!wanted).then_some("unwanted"), "{name} {version}");
        }
    }
}

#[test]
fn what_s3_sends_to_try_a_queue_is_acknowledged() {
    let test = json!({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "b", "RequestId": "r", "HostId": "h"});
    for event in [in_sqs(&test), in_sns(&test), in_both(&test)] {
        assert_eq!(only(&event, &blob()).err().as_deref(), Some("unwanted"));
    }
}

#[test]
fn an_event_of_the_bus_is_the_same_whichever_way_it_comes() {
    let event = bus_event(0, "paid", "shop", &json!({"order": 7}));
    for event in [event.clone(), in_sqs(&event), in_sns(&event), in_both(&event)] {
        let Arrival { item, delivery } = only(&event, &paid()).expect("an item");
        let Item::Event(event) = item else { panic!("{item:?}") };
        assert_eq!((&*event.id, &*event.source, &*event.event_type), ("event-0", "shop", "paid"));
        assert_eq!((event.subject.as_deref(), &*event.data), (Some("orders/7"), &b"{\"order\":7}"[..]));
        assert_eq!(event.time, Some("2026-01-31T12:00:00Z".parse().expect("a moment")));
        assert_eq!(json!(event.extensions), json!({"account": "123456789012", "region": "eu-central-1"}));
        assert_eq!(delivery.id.as_deref(), Some("event-0"));
    }
}

#[test]
fn the_detail_of_an_event_stays_as_it_is() {
    for (detail, data) in [(json!("{}"), "\"{}\""), (json!(null), ""), (json!([1]), "[1]")] {
        let arrival = only(&bus_event(0, "paid", "shop", &detail), &paid()).expect("an item");
        assert_eq!(arrival.item.body(), data);
    }
    let other = json!({"kind": "event", "type": "paid", "source": "shop", "subject": "invoices/*"});
    assert_eq!(only(&bus_event(0, "paid", "shop", &json!({})), &other).err().as_deref(), Some("unwanted"));
}

#[test]
fn a_record_of_a_stream_comes_whole() {
    let opened = opened(&fixture("example-kinesis-event"), &json!({"kind": "stream", "stream": "clicks"}));
    assert_eq!(opened.order, Order::All);
    let [first, _] = opened.units.as_slice() else { panic!("two records") };
    let sequence = "49568167373333333333333333333333333333333333333333333333";
    assert_eq!(first.identifier.as_deref(), Some(sequence));
    let [Content::Item(arrival, _)] = first.contents.as_slice() else { panic!("an item") };
    let Item::Record(record) = &arrival.item else { panic!("a record") };
    assert_eq!((&*record.body, &*record.partition, &*record.sequence), (&b"Hello World"[..], "s1", sequence));
    assert_eq!(record.time, Some("2016-12-02T01:18:43.477Z".parse().expect("a moment")));
    assert_eq!(arrival.delivery.id.as_deref(), Some(&*format!("shardId-000000000000:{sequence}")));
}

pub(super) fn change(event_name: &str, change: &Value) -> Value {
    batch(&[json!({"eventSource": "aws:dynamodb", "eventID": "e", "eventName": event_name, "dynamodb": change})])
}

#[test]
fn a_change_of_a_table_comes_whole() {
    let stock = json!({"kind": "database", "table": "stock", "events": ["insert", "modify", "remove"]});
    let event = change(
        "MODIFY",
        &json!({
            "ApproximateCreationDateTime": 1_480_642_020.5, "SequenceNumber": "9",
            "Keys": {"id": {"S": "a"}, "at": {"N": "7"}, "exact": {"N": "12345678901234567890123456789012345678"},
                "part": {"N": "1.5"}, "raw": {"B": "AP8="}},
            "OldImage": {"id": {"S": "a"}, "pieces": {"N": "1"}, "tags": {"SS": ["x"]}},
            "NewImage": {"id": {"S": "a"}, "pieces": {"N": "2"}, "tags": {"L": [{"S": "x"}, {"NULL": true}]}}
        }),
    );
    let arrival = only(&event, &stock).expect("an item");
    assert_eq!(arrival.delivery.id.as_deref(), Some("e"));
    let cloud: Arc<dyn Cloud> = Arc::new(Nowhere("a test has none".into()));
    let change: Change<Value> =
        Change::from_item(&arrival.item, &Origin { attempt: 1, cloud: &cloud }).expect("a change");
    let Change::Modify { key, old, new } = change else { panic!("{change:?}") };
    let exact = "12345678901234567890123456789012345678";
    assert_eq!(json!(key.values), json!({"at": 7, "exact": exact, "id": "a", "part": 1.5, "raw": "AP8="}));
    assert_eq!(key.sequence, "9");
    assert_eq!(key.time, Some("2016-12-02T01:27:00.5Z".parse().expect("a moment")));
    assert_eq!(old, Some(json!({"id": "a", "pieces": 1, "tags": ["x"]})));
    assert_eq!(new, json!({"id": "a", "pieces": 2, "tags": ["x", null]}));
}

#[test]
fn changes_that_a_function_does_not_want_are_passed_over() {
    let keys = json!({"SequenceNumber": "9", "Keys": {"id": {"S": "a"}}, "NewImage": {"id": {"S": "a"}}});
    for (name, event) in [("INSERT", "insert"), ("MODIFY", "modify"), ("REMOVE", "remove")] {
        for wanted in ["insert", "modify", "remove"] {
            let trigger = json!({"kind": "database", "table": "stock", "events": [wanted]});
            assert_eq!(only(&change(name, &keys), &trigger).is_ok(), wanted == event);
        }
    }
}
