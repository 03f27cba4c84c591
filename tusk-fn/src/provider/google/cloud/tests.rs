//! Outputs on Google, against a server that answers what a test says.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tusk_fn_spec::output::{Access, Output, OutputKind};

use super::super::client::tests::{bodies, client};
use super::super::firestore::{typed, value};
use super::super::message;
use super::{GoogleCloud, Resources, Secrets};
use crate::event::Item;
use crate::idempotency::TableStore;
use crate::output::{Cloud as _, Condition, OutputErrorKind, Parcel};
use crate::provider::client::tests::server::{Answer, Request, Script, start};
use crate::provider::container::Opened;

const NAMES: &str = r#"{
    "queue/orders": "projects/p/topics/orders", "topic/paid": "projects/p/topics/paid",
    "event": "projects/p/locations/l/channels/c", "secret/key": "projects/p/secrets/key",
    "table/stock": "projects/p/databases/(default)/documents/stock", "bucket/files": "shop-files",
    "idempotency": "projects/p/databases/(default)/documents/handled",
    "queue/wrong": "orders", "table/wrong": "projects/p/databases/d/documents/a/b/c", "event/x": ""
}"#;

async fn cloud(answers: impl IntoIterator<Item = Answer>) -> (GoogleCloud, Script) {
    let (url, script) = start(answers).await;
    let resources = Resources::read(NAMES).expect("names");
    (GoogleCloud { client: client(&url), resources, secrets: Secrets::default() }, script)
}

fn output(kind: OutputKind, name: &str) -> Output {
    Output { kind, name: name.to_owned(), access: Access::All }
}

fn stock() -> Output {
    output(OutputKind::Table, "stock")
}

fn fields() -> Map<String, Value> {
    Map::from_iter([("id".to_owned(), "a".into()), ("pieces".to_owned(), 3.into())])
}

fn refused(status: u16, code: &str) -> Answer {
    Answer::json(status, &json!({ "error": { "code": status, "message": "m", "status": code } }).to_string())
}

fn committed() -> Answer {
    Answer::json(200, r#"{"writeResults":[{"updateTime":"2026-01-01T12:00:00.000007Z"}]}"#)
}

const VERSION: u64 = 1_767_268_800_000_007;

fn found(fields: &Value) -> Answer {
    let body = json!([{ "found": { "name": "n", "fields": fields, "updateTime": "2026-01-01T12:00:00.000007Z" } }]);
    Answer::json(200, &body.to_string())
}

/// What is answered when the document of the first request is there.
fn written_before(requests: &[Request]) -> Answer {
    found(&bodies(requests)[0]["writes"][0]["update"]["fields"])
}

#[tokio::test]
async fn a_check_names_what_is_missing_or_cannot_be() {
    let (cloud, _) = cloud([]).await;
    for (kind, name) in [
        (OutputKind::Queue, "orders"),
        (OutputKind::Topic, "paid"),
        (OutputKind::Event, "com.example.paid"),
        (OutputKind::Secret, "key"),
        (OutputKind::Table, "stock"),
        (OutputKind::Bucket, "files"),
        (OutputKind::Table, TableStore::NAME),
    ] {
        assert!(cloud.check(&output(kind, name)).is_ok(), "{name}");
    }
    for (kind, name, why) in [
        (OutputKind::Queue, "other", "`TUSK_FN_RESOURCES` has no `queue/other`"),
        (OutputKind::Queue, "wrong", "it is to be `orders`, and must be as in `projects/*/topics/*`"),
        (OutputKind::Table, "wrong", "must be as in `projects/*/databases/*/documents/*`"),
    ] {
        let error = cloud.check(&output(kind, name)).expect_err(name).to_string();
        assert!(error.contains(why), "{error}");
    }
}

/// What a subscription pushes of a published message is the message that our receiver reads.
#[tokio::test]
async fn a_message_arrives_as_it_was_sent() {
    let (cloud, script) = cloud([Answer::json(200, r#"{"messageIds":["7"]}"#)]).await;
    let parcel = Parcel {
        body: "{\"ü\":1}".into(),
        attributes: [("kind".to_owned(), "paid".to_owned())].into(),
        group: Some("customer-1".to_owned()),
        deduplication: Some("order-1".to_owned()),
        delay: Some(Duration::ZERO),
        ..Parcel::default()
    };
    let sent = cloud.send(&output(OutputKind::Queue, "orders"), vec![parcel.clone()]).await;
    assert_eq!(sent.into_iter().collect::<Result<Vec<_>, _>>().expect("sent"), ["7"]);
    let mut message = bodies(&script.requests())[0]["messages"][0].take();
    message["messageId"] = "7".into();
    message["publishTime"] = "2026-01-01T12:00:00Z".into();
    let pushed = json!({ "message": message, "subscription": "projects/p/subscriptions/s" }).to_string();
    let pushed = message::wrapped(&pushed).expect("a message");
    let queue = r#"{"kind":"queue","queue":"orders"}"#;
    let Opened::Item { item: Item::Message(came), id, .. } =
        message::open(&pushed, &serde_json::from_str(queue).expect("a trigger"))
    else {
        panic!("no message of a queue")
    };
    assert_eq!((came.body, came.attributes, came.group), (parcel.body, parcel.attributes, parcel.group));
    assert_eq!((came.id, Some(id)), ("7".to_owned(), parcel.deduplication), "two of them are one delivery");
}

#[tokio::test]
async fn what_pubsub_has_not_is_refused() {
    let attribute =
        |name: &str, value: String| Parcel { attributes: [(name.to_owned(), value)].into(), ..Parcel::default() };
    let parcels = vec![
        Parcel { delay: Some(Duration::from_secs(1)), group: Some("a".to_owned()), ..Parcel::default() },
        attribute("googclient", "x".to_owned()),
        attribute("long", "x".repeat(1_025)),
        attribute("fits", "x".repeat(1_024)),
        Parcel { group: Some("a".to_owned()), ..Parcel::default() },
    ];
    let (cloud, script) = cloud([Answer::json(200, r#"{"messageIds":["7"]}"#)]).await;
    let sent = cloud.send(&output(OutputKind::Queue, "orders"), parcels).await;
    let kinds: Vec<_> = sent.iter().map(|sent| sent.as_ref().map_err(|error| &error.kind)).collect();
    for (kind, why) in kinds.iter().zip(["send it without `delay`", "is Google's", "takes 1024"]) {
        let Err(OutputErrorKind::Unfit(said)) = kind else { panic!("{kind:?}") };
        assert!(said.contains(why), "{said}");
    }
    assert!(matches!(kinds[3..], [Ok(_), Err(OutputErrorKind::NotSent)]), "{kinds:?}");
    assert_eq!(script.requests().len(), 1);
}

#[tokio::test]
async fn an_event_says_what_its_receiver_reads() {
    let (cloud, script) = cloud([Answer::json(200, "{}")]).await;
    let parcel = Parcel {
        body: "{}".into(),
        subject: Some("order-1".to_owned()),
        source: "/functions/pay".to_owned(),
        ..Parcel::default()
    };
    let sent = cloud.send(&output(OutputKind::Event, "com.example.paid"), vec![parcel.clone(), parcel]).await;
    let ids = sent.into_iter().collect::<Result<Vec<_>, _>>().expect("sent");
    let events = bodies(&script.requests())[0]["events"].take();
    assert_ne!(ids[0], ids[1]);
    for (event, id) in events.as_array().expect("events").iter().zip(&ids) {
        assert_eq!((&event["id"], &event["type"]), (&json!(id), &json!("com.example.paid")));
        assert_eq!(event["source"], "/functions/pay");
        assert_eq!(event["attributes"]["subject"]["ceString"], "order-1");
        let time = event["attributes"]["time"]["ceTimestamp"].as_str().expect("a time");
        assert!(time.parse::<jiff::Timestamp>().is_ok(), "{time}");
    }
}

#[tokio::test]
async fn an_item_is_read_as_it_was_written() {
    let item = json!({
        "id": "a/b", "text": "ü", "none": null, "yes": true, "whole": i64::MIN, "half": -0.5, "five": 5.0, "huge": 1e300,
        "list": [1, "a", {"inner": [0, {}]}], "empty": {}, "nothing": [],
    });
    let (cloud, script) = cloud([committed(), Answer::Of(written_before)]).await;
    let fields = item.as_object().expect("an object").clone();
    let version = cloud.put(&stock(), "a/b", fields, Condition::None).await.expect("written");
    let (read, read_version) = cloud.get(&stock(), "a/b").await.expect("an answer").expect("an item");
    assert_eq!(read, item);
    assert_eq!((version, read_version), (VERSION, VERSION));
    let name = "projects/p/databases/(default)/documents/stock/%a%2Fb";
    let bodies = bodies(&script.requests());
    assert_eq!(bodies[0]["writes"][0]["update"]["name"], name);
    assert_eq!(bodies[1]["documents"][0], name);
}

/// Anything that Firestore takes.
fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_filter("JSON has no others", |it| it.is_finite()).prop_map(Value::from),
        "\\PC{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        let map = proptest::collection::btree_map("[a-z]{1,4}", inner.clone(), 0..4);
        let map = map.prop_map(|map| Value::Object(map.into_iter().collect()));
        let in_list = inner.prop_filter("none in another", |it| !it.is_array());
        prop_oneof![map, proptest::collection::vec(in_list, 0..4).prop_map(Value::from)]
    })
}

proptest! {
    #[test]
    fn a_value_comes_back_as_it_was(value in values()) {
        let fields = Map::from_iter([("x".to_owned(), value)]);
        let (typed, _) = typed::typed(fields.clone()).expect("it can be written");
        // Google writes a double that is whole without a point.
        let sent = serde_json::to_string(&typed).expect("json").replace(".0}", "}");
        let back = value::plain(serde_json::from_str(&sent).expect("json"), "fields");
        prop_assert_eq!(back.map_err(|fault| fault.0), Ok(fields));
    }
}

#[tokio::test]
async fn what_firestore_has_not_is_refused() {
    let nested = |levels| (0..levels).fold(json!(1), |inner, _| json!({ "a": inner }));
    for (value, why) in [
        (json!([[1]]), "the field `x.0` is a list directly in a list"),
        (json!({"a": [1, {"b": [[]]}]}), "the field `x.a.1.b.0` is a list directly in a list"),
        (json!(9_223_372_036_854_775_808_u64), "the field `x` is larger than 9223372036854775807"),
        (json!({"": 1}), "the field `x.` has an empty name"),
        (json!({"__a__": 1}), "the field `x.__a__` has a name that Firestore keeps for itself"),
        (json!({"b".repeat(1_501): 1}), "has a name of more than 1500 bytes"),
        (nested(21), "is nested deeper than 20 levels"),
        (json!("x".repeat(1 << 20)), "and Firestore takes 1048572"),
    ] {
        let (cloud, script) = cloud([committed()]).await;
        let fields = Map::from_iter([("x".to_owned(), value)]);
        let error = cloud.put(&stock(), "a", fields, Condition::None).await.expect_err(why);
        assert!(matches!(&error.kind, OutputErrorKind::Unfit(said) if said.contains(why)), "{error}");
        assert!(script.requests().is_empty());
    }
    let (cloud, script) = cloud([committed()]).await;
    let fields = Map::from_iter([("x".to_owned(), nested(20))]);
    cloud.put(&stock(), "a", fields, Condition::None).await.expect("written");
    let key = "k".repeat(1_501);
    for error in [
        cloud.put(&stock(), &key, fields_of(&key), Condition::None).await.map(drop).expect_err("too long"),
        cloud.get(&stock(), &key).await.map(drop).expect_err("too long"),
        cloud.delete(&stock(), &key, Condition::None).await.expect_err("too long"),
    ] {
        assert!(matches!(&error.kind, OutputErrorKind::Unfit(said) if said.contains("1501 bytes")), "{error}");
    }
    assert_eq!(script.requests().len(), 1);
}

fn fields_of(key: &str) -> Map<String, Value> {
    Map::from_iter([("id".to_owned(), key.into())])
}

/// "Understand storage size calculations": of the name the collection and the id, each field, and 32 bytes more.
#[tokio::test]
async fn an_item_of_the_largest_size_is_written() {
    let own = "tusk_fn_version".len() + 1 + 8;
    let rest = 16 + "stock".len() + 1 + "a".len() + 1 + 32 + own + "x".len() + 1 + 1;
    let largest = (1 << 20) - 4 - rest;
    for (size, fits) in [(largest, true), (largest + 1, false)] {
        let (cloud, script) = cloud([committed()]).await;
        let fields = Map::from_iter([("x".to_owned(), "x".repeat(size).into())]);
        assert_eq!(cloud.put(&stock(), "a", fields, Condition::None).await.is_ok(), fits, "{size}");
        assert_eq!(script.requests().len(), usize::from(fits));
    }
}

/// Without a second request.
#[tokio::test]
async fn a_write_whose_condition_fails_says_so_at_once() {
    for (answer, condition) in [
        (refused(409, "ALREADY_EXISTS"), Condition::Absent),
        (refused(400, "FAILED_PRECONDITION"), Condition::Version(7)),
        (refused(404, "NOT_FOUND"), Condition::Version(7)),
    ] {
        let (cloud, script) = cloud([answer]).await;
        let error = cloud.put(&stock(), "a", fields(), condition).await.expect_err("it fails");
        assert!(error.is_condition_failed(), "{error}");
        assert_eq!(script.requests().len(), 1, "{condition:?}");
        let error = cloud.delete(&stock(), "a", condition).await.expect_err("it fails");
        assert!(error.is_condition_failed(), "{error}");
    }
}

#[tokio::test]
async fn a_write_whose_answer_was_lost_is_known_by_its_number() {
    let exists = || refused(409, "ALREADY_EXISTS");
    let (cloud_, script) = cloud([Answer::Close, exists(), Answer::Of(written_before)]).await;
    let version = cloud_.put(&stock(), "a", fields(), Condition::Absent).await.expect("it was written");
    assert_eq!(version, VERSION);
    assert_eq!(script.requests().len(), 3);

    let other = json!({ "tusk_fn_version": { "integerValue": "7" } });
    let none = Answer::json(200, r#"[{"missing":"n"}]"#);
    for there in [found(&other), found(&json!({})), none] {
        let (cloud, _) = cloud([Answer::Close, exists(), there]).await;
        let error = cloud.put(&stock(), "a", fields(), Condition::Absent).await.expect_err("another one's");
        assert!(error.is_condition_failed(), "{error}");
    }
    let (cloud, _) = cloud([Answer::Close, exists(), refused(403, "PERMISSION_DENIED")]).await;
    let error = cloud.put(&stock(), "a", fields(), Condition::Absent).await.expect_err("nobody knows");
    assert!(!error.is_condition_failed(), "{error}");
}

/// So that each has another version, which is the time of a change.
#[tokio::test]
async fn no_two_writes_are_the_same() {
    let (cloud, script) = cloud([committed()]).await;
    for _ in 0..2 {
        cloud.put(&stock(), "a", fields(), Condition::None).await.expect("written");
    }
    let bodies = bodies(&script.requests());
    let own = |index: usize| bodies[index]["writes"][0]["update"]["fields"]["tusk_fn_version"]["integerValue"].clone();
    assert_ne!(own(0), own(1));
    assert!(own(0).as_str().is_some_and(|own| own.parse::<u64>().is_ok_and(|own| own < 1 << 53)));
}

#[tokio::test]
async fn an_item_of_another_program_can_be_read_and_replaced() {
    let foreign = json!({ "when": { "timestampValue": "2026-01-01T12:00:00Z" } });
    let (cloud, script) = cloud([found(&foreign), committed()]).await;
    let (item, version) = cloud.get(&stock(), "a").await.expect("an answer").expect("an item");
    assert_eq!(item, json!({ "id": "a", "when": "2026-01-01T12:00:00Z" }));
    cloud.put(&stock(), "a", fields(), Condition::Version(version)).await.expect("written");
    let condition = bodies(&script.requests())[1]["writes"][0]["currentDocument"].take();
    assert_eq!(condition, json!({ "updateTime": "2026-01-01T12:00:00.000007Z" }));
}

/// A policy of Firestore deletes what has a moment that is past, and only that.
#[tokio::test]
async fn what_was_handled_expires() {
    let (cloud, script) = cloud([committed(), Answer::Of(written_before)]).await;
    let table = output(OutputKind::Table, TableStore::NAME);
    let fields = Map::from_iter([("id".to_owned(), "k".into()), ("expires_at".to_owned(), 1_767_268_800_i64.into())]);
    cloud.put(&table, "k", fields.clone(), Condition::Absent).await.expect("written");
    let written = bodies(&script.requests())[0]["writes"][0]["update"]["fields"]["expires_at"].take();
    assert_eq!(written, json!({ "timestampValue": "2026-01-01T12:00:00Z" }));
    let (item, _) = cloud.get(&table, "k").await.expect("an answer").expect("an item");
    assert_eq!(item, Value::Object(fields.clone()));
    // In a table of the program's own it is a number like any other.
    cloud.put(&stock(), "k", fields, Condition::None).await.expect_err("an answer to another question");
    let written = bodies(&script.requests())[2]["writes"][0]["update"]["fields"]["expires_at"].take();
    assert_eq!(written, json!({ "integerValue": "1767268800" }));
}

#[tokio::test]
async fn a_secret_stays_while_no_newer_one_is_to_be_had() {
    let found = |value: &str| {
        let data = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, value);
        Answer::json(200, &json!({ "payload": { "data": data } }).to_string())
    };
    let broken = || Answer::Say(503, "", String::new());
    let denied = || refused(403, "PERMISSION_DENIED");
    let answers = [vec![found("old")], vec![broken(); 4], vec![found("new")], vec![broken(); 4], vec![denied()]];
    let (cloud, script) = cloud(answers.concat()).await;
    let begun = Instant::now();
    let at = async |minutes: f64| {
        let value = cloud.fetch_secret("key", begun + Duration::from_secs_f64(minutes * 60.0)).await;
        (value.map(|value| String::from_utf8_lossy(&value).into_owned()).ok(), script.requests().len())
    };
    let told = |value: &str, requests: usize| (Some(value.to_owned()), requests);
    assert_eq!(at(0.0).await, told("old", 1));
    assert_eq!(at(4.9).await, told("old", 1));
    assert_eq!(at(5.1).await, told("old", 5), "the new one cannot be had");
    assert_eq!(at(5.7).await, told("new", 6));
    assert_eq!(at(66.0).await, (None, 10), "nothing is good for ever");
    assert_eq!(at(67.0).await, (None, 11), "what lasts is said");
}
