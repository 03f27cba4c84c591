//! Outputs on Azure, against servers that answer what a test says.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use tusk_fn_spec::output::{Access, Output, OutputKind};

use super::{AzureCloud, Cloud as _, Condition, OutputErrorKind, Parcel, Resources, TableStore};
use crate::context::Delivery;
use crate::event::Item;
use crate::provider::azure::client::tests::client;
use crate::provider::azure::items::{self, Opened};
use crate::provider::azure::tests::support::record;
use crate::provider::azure::wire::Sent;
use crate::provider::client::tests::server::{Answer, Request, Script, start};

/// A cloud whose resources are all on one server.
async fn cloud(answers: impl IntoIterator<Item = Answer>) -> (AzureCloud, Script) {
    let (url, script) = start(answers).await;
    let resources = json!({
        "queue/orders": format!("{url}/orders"), "queue/old": format!("{url}/acct/old"), "topic/paid": format!("{url}/paid"),
        "event": format!("{url}/api/events"), "table/stock": format!("{url}/dbs/shop/colls/stock"),
        "idempotency": format!("{url}/dbs/shop/colls/handled"), "secret/key": format!("{url}/secrets/key-1"),
        "bucket/files": format!("{url}/acct/files-x7"), "bucket/same": format!("{url}/acct/files-x7"),
        "bucket/one": format!("{url}/acct/twice"), "bucket/other": format!("{url}/other/twice"),
    });
    let resources = Resources::read(&resources.to_string()).expect("resources");
    (AzureCloud::new(client().await, resources), script)
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

fn body(request: &Request) -> Value {
    serde_json::from_str(&request.body).expect("json")
}

fn found(version: u64, tag: &str) -> Answer {
    Answer::json(
        200,
        &json!({ "id": "a", "pieces": 3, "tusk_fn_version": version, "_etag": tag, "_ts": 1 }).to_string(),
    )
}

fn refused(status: u16) -> Answer {
    Answer::json(status, r#"{"code":"No","message":"m"}"#)
}

const DONE: fn() -> Answer = || Answer::Say(200, "etag: \"new\"\r\n", String::new());

/// What is answered when the item of the first request is there.
fn written_before(requests: &[Request]) -> Answer {
    let mut item = body(&requests[0]);
    item["_etag"] = "\"mine\"".into();
    Answer::json(200, &item.to_string())
}

fn lines(script: &Script) -> Vec<String> {
    script.requests().into_iter().map(|request| request.line).collect()
}

#[tokio::test]
async fn an_item_is_read_without_what_the_service_added() {
    let (cloud, script) = cloud([
        Answer::json(200, r#"{"id":"a=2Fb","pieces":1.5,"tusk_fn_version":7,"_rid":"r","_self":"s","_etag":"t","_attachments":"","_ts":1}"#),
        Answer::json(200, r#"{"id":"a","_etag":"t"}"#),
        refused(404),
    ])
    .await;
    let read = cloud.read(&stock(), "a/b").await.expect("an answer");
    assert_eq!(read, Some((json!({ "id": "a/b", "pieces": 1.5 }), 7)));
    // Such an item has no version, and is read as of version nought.
    assert_eq!(cloud.read(&stock(), "a").await.expect("an answer"), Some((json!({ "id": "a" }), 0)));
    assert_eq!(cloud.read(&stock(), "a").await.expect("an answer"), None);
    assert_eq!(lines(&script)[0], "GET /dbs/shop/colls/stock/docs/a%3D2Fb");
}

#[tokio::test]
async fn an_item_is_written_with_a_version_that_cosmos_db_keeps() {
    let (cloud, script) = cloud([DONE()]).await;
    let first = cloud.write(&stock(), "a/b", fields(), Condition::None).await.expect("it is written");
    let second = cloud.write(&stock(), "a/b", fields(), Condition::None).await.expect("it is written");
    assert!(first != second && first > 0 && first < 1 << 53);
    let request = &script.requests()[0];
    assert_eq!(body(request), json!({ "id": "a=2Fb", "pieces": 3, "tusk_fn_version": first }));
    assert!(request.head.contains("x-ms-documentdb-partitionkey: [\"a=2fb\"]"), "{}", request.head);
    let large = Map::from_iter([("total".to_owned(), u64::MAX.into())]);
    let unfit = cloud.write(&stock(), "a", large, Condition::None).await;
    assert!(matches!(unfit, Err(OutputErrorKind::Unfit(_))), "{unfit:?}");
    assert_eq!(script.requests().len(), 2);
    for key in [String::new(), "/".repeat(400)] {
        let unfit = cloud.write(&stock(), &key, fields(), Condition::None).await;
        assert!(matches!(unfit, Err(OutputErrorKind::Unfit(_))), "{unfit:?}");
        assert!(matches!(cloud.read(&stock(), &key).await, Err(OutputErrorKind::Unfit(_))));
        assert!(matches!(cloud.remove(&stock(), &key, Condition::None).await, Err(OutputErrorKind::Unfit(_))));
    }
    assert_eq!(script.requests().len(), 2);
}

/// Without a second request, for which a function that only writes has no permission.
#[tokio::test]
async fn an_item_that_is_there_is_not_inserted() {
    let (cloud, script) = cloud([refused(409)]).await;
    let written = cloud.write(&stock(), "a", fields(), Condition::Absent).await;
    assert!(matches!(written, Err(OutputErrorKind::ConditionFailed)), "{written:?}");
    assert_eq!(lines(&script), ["POST /dbs/shop/colls/stock/docs"]);
}

#[tokio::test]
async fn what_was_read_is_replaced_and_deleted_without_reading_it_again() {
    let one = "/dbs/shop/colls/stock/docs/a";
    let (cloud, script) = cloud([found(7, "\"old\""), DONE(), DONE(), refused(412), refused(404)]).await;
    let (_, version) = cloud.read(&stock(), "a").await.expect("an answer").expect("an item");
    let version = cloud.write(&stock(), "a", fields(), Condition::Version(version)).await.expect("it is written");
    // Nor what was written.
    cloud.remove(&stock(), "a", Condition::Version(version)).await.expect("it is deleted");
    let again = cloud.write(&stock(), "a", fields(), Condition::Version(7)).await;
    assert!(matches!(again, Err(OutputErrorKind::ConditionFailed)), "{again:?}");
    let again = cloud.remove(&stock(), "a", Condition::Version(7)).await;
    assert!(matches!(again, Err(OutputErrorKind::ConditionFailed)), "{again:?}");
    let expected = ["GET", "PUT", "DELETE", "PUT", "DELETE"].map(|method| format!("{method} {one}"));
    assert_eq!(lines(&script), expected);
    for (request, tag) in script.requests()[1..].iter().zip(["old", "new", "old", "old"]) {
        assert!(request.head.contains(&format!("\r\nif-match: \"{tag}\"\r\n")), "{tag}: {}", request.head);
    }
}

#[tokio::test]
async fn a_version_of_another_process_is_looked_for() {
    let methods = |script: &Script| {
        lines(script).iter().map(|line| line.split(' ').next().unwrap_or("").to_owned()).collect::<Vec<_>>()
    };
    for version in [7, 0] {
        let (cloud, script) = cloud([found(version, "\"old\""), DONE(), found(version, "\"old\""), DONE()]).await;
        cloud.write(&stock(), "a", fields(), Condition::Version(version)).await.expect("it is written");
        cloud.remove(&stock(), "a", Condition::Version(version)).await.expect("it is deleted");
        assert_eq!(methods(&script), ["GET", "PUT", "GET", "DELETE"]);
        assert!(script.requests()[1].head.contains("\r\nif-match: \"old\"\r\n"));
    }
    for other in [found(8, "\"t\""), refused(404)] {
        let (cloud, script) = cloud([other]).await;
        let written = cloud.write(&stock(), "a", fields(), Condition::Version(7)).await;
        assert!(matches!(written, Err(OutputErrorKind::ConditionFailed)), "{written:?}");
        let removed = cloud.remove(&stock(), "a", Condition::Version(7)).await;
        assert!(matches!(removed, Err(OutputErrorKind::ConditionFailed)), "{removed:?}");
        assert_eq!(methods(&script), ["GET", "GET"]);
    }
}

#[tokio::test]
async fn a_write_whose_answer_was_lost_is_known_by_its_version() {
    let (cloud, script) = cloud([Answer::Close, refused(409), Answer::Of(written_before), DONE()]).await;
    let version = cloud.write(&stock(), "a", fields(), Condition::Absent).await.expect("it was written");
    assert_eq!(body(&script.requests()[0])["tusk_fn_version"], version);
    // Its tag is known, too.
    cloud.write(&stock(), "a", fields(), Condition::Version(version)).await.expect("it is written");
    assert!(script.requests()[3].head.contains("\r\nif-match: \"mine\"\r\n"));

    let (cloud, script) =
        self::cloud([found(7, "\"old\""), Answer::Close, refused(412), Answer::Of(replaced_before)]).await;
    cloud.read(&stock(), "a").await.expect("an answer");
    cloud.write(&stock(), "a", fields(), Condition::Version(7)).await.expect("it was written");
    assert_eq!(script.requests().len(), 4);

    // Another one was faster all the same.
    for there in [found(9, "\"t\""), refused(404)] {
        let (cloud, _) = self::cloud([Answer::Close, refused(409), there]).await;
        let written = cloud.write(&stock(), "a", fields(), Condition::Absent).await;
        assert!(matches!(written, Err(OutputErrorKind::ConditionFailed)), "{written:?}");
    }
    // Who may not read does not learn it.
    let (cloud, _) = self::cloud([Answer::Close, refused(409), refused(403)]).await;
    let written = cloud.write(&stock(), "a", fields(), Condition::Absent).await;
    assert!(matches!(&written, Err(OutputErrorKind::Other(why)) if why.contains("http 403")), "{written:?}");
}

/// What is answered when the item of the second request is there.
fn replaced_before(requests: &[Request]) -> Answer {
    written_before(&requests[1..])
}

#[tokio::test]
async fn what_is_not_there_is_deleted() {
    let (cloud, script) = cloud([refused(404), refused(404), found(7, "t")]).await;
    assert!(cloud.remove(&stock(), "a", Condition::None).await.is_ok());
    assert!(cloud.remove(&stock(), "a", Condition::Absent).await.is_ok());
    assert!(matches!(cloud.remove(&stock(), "a", Condition::Absent).await, Err(OutputErrorKind::ConditionFailed)));
    assert!(!script.requests()[0].head.contains("if-match"));
}

#[tokio::test]
async fn a_claim_is_deleted_by_the_service_when_it_expires() {
    let (cloud, script) = cloud([DONE()]).await;
    let expires_at = Timestamp::now().as_second() + 3600;
    let claim = || Map::from_iter([("expires_at".to_owned(), Value::from(expires_at))]);
    let table = output(OutputKind::Table, TableStore::NAME);
    cloud.write(&table, "fulfil#1", claim(), Condition::None).await.expect("it is written");
    cloud.write(&stock(), "a", claim(), Condition::None).await.expect("it is written");
    let requests = script.requests();
    assert_eq!(requests[0].line, "POST /dbs/shop/colls/handled/docs");
    let written = body(&requests[0]);
    assert_eq!((&written["id"], &written["expires_at"]), (&json!("fulfil=231"), &json!(expires_at)));
    assert!((3590..=3600).contains(&written["ttl"].as_i64().expect("a number")), "{written}");
    assert_eq!(body(&requests[1])["ttl"], Value::Null, "an item of the program's own has none");
}

#[tokio::test]
async fn each_output_goes_to_its_service() {
    let put = "<QueueMessagesList><QueueMessage><MessageId>i</MessageId></QueueMessage></QueueMessagesList>";
    let (cloud, script) = cloud([Answer::Say(201, "", put.to_owned())]).await;
    let parcel = || Parcel {
        body: "{}".into(),
        source: "/functions/pay".to_owned(),
        subject: Some("order 7".to_owned()),
        ..Parcel::default()
    };
    for (kind, name) in [
        (OutputKind::Queue, "orders"),
        (OutputKind::Queue, "old"),
        (OutputKind::Topic, "paid"),
        (OutputKind::Event, "com.example.paid"),
    ] {
        let sent = cloud.send(&output(kind, name), vec![parcel()]).await;
        assert!(sent.len() == 1 && sent[0].is_ok(), "{sent:?}");
    }
    let expected = [
        "POST /orders/messages",
        "POST /acct/old/messages",
        "POST /paid/messages",
        "POST /api/events?api-version=2018-01-01",
    ];
    assert_eq!(lines(&script), expected);
    let event = &body(&script.requests()[3])[0];
    let told = ["source", "type", "subject", "data"].map(|name| event[name].clone());
    assert_eq!(told, [json!("/functions/pay"), json!("com.example.paid"), json!("order 7"), json!({})]);
    for nowhere in [stock(), output(OutputKind::Queue, "none"), output(OutputKind::Secret, "key")] {
        let sent = cloud.send(&nowhere, vec![parcel(), parcel()]).await;
        assert!(sent.len() == 2 && sent.iter().all(Result::is_err), "{sent:?}");
    }
}

#[tokio::test]
async fn a_storage_queue_keeps_nothing_beside_the_body() {
    let (cloud, script) = cloud([Answer::Close]).await;
    let old = output(OutputKind::Queue, "old");
    for (parcel, what) in [
        (Parcel { attributes: [("a".to_owned(), "b".to_owned())].into(), ..Parcel::default() }, "attributes"),
        (Parcel { group: Some("g".to_owned()), ..Parcel::default() }, "groups"),
        (Parcel { deduplication: Some("d".to_owned()), ..Parcel::default() }, "deduplication ids"),
    ] {
        let sent = cloud.send(&old, vec![parcel]).await;
        let error = sent[0].as_ref().expect_err("unfit");
        assert!(matches!(&error.kind, OutputErrorKind::Unfit(why) if why.contains(what)), "{error}");
    }
    assert!(script.requests().is_empty());
}

/// What Azure's host hands on of a message that was sent so.
fn delivered(entry: &Value) -> String {
    let text = |value: &Value| Value::from(value.to_string());
    let properties = &entry["BrokerProperties"];
    json!({
        "Data": { "message": text(&entry["Body"]) },
        "Metadata": {
            "MessageId": text(&properties["MessageId"]), "SessionId": text(&properties["SessionId"]), "SequenceNumber": "17",
            "DeliveryCount": "1", "ApplicationProperties": entry.get("UserProperties").cloned().unwrap_or(json!({})),
        },
    })
    .to_string()
}

#[tokio::test]
async fn what_is_sent_is_what_a_function_is_given() {
    let (cloud, script) = cloud([Answer::Say(201, "", String::new())]).await;
    let attributes = [("Kind.of_It", "\"paid\" \u{e9}"), ("number", "007"), ("at", "2026-01-31T12:00:00Z")];
    let parcels = vec![
        Parcel { body: "{\"order\":\"\u{e9}\"}".into(), group: Some("g".to_owned()), ..Parcel::default() },
        Parcel {
            body: "\"a text\"".into(),
            attributes: attributes.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            ..Parcel::default()
        },
        Parcel {
            body: "7".into(),
            deduplication: Some("d-1".to_owned()),
            delay: Some(Duration::from_secs(5)),
            ..Parcel::default()
        },
    ];
    let sent = cloud.send(&output(OutputKind::Queue, "orders"), parcels.clone()).await;
    let entries = body(&script.requests()[0]);
    let function = record("fulfil", &json!({ "kind": "queue", "queue": "orders" }));
    for ((parcel, id), entry) in parcels.iter().zip(sent).zip(entries.as_array().expect("a list")) {
        let text = delivered(entry);
        let opened = items::open(&function, &Sent::read(&text).expect("an invocation"), &Delivery::local());
        let Ok(Opened::Items { items, .. }) = opened else { panic!("{opened:?}") };
        let [items::One { item: Item::Message(message), id: delivery, .. }] = &items[..] else { panic!("{items:?}") };
        assert_eq!(
            (&message.body, &message.attributes, &message.group),
            (&parcel.body, &parcel.attributes, &parcel.group)
        );
        assert_eq!(Some(&message.id), delivery.as_ref());
        assert_eq!(message.id, id.expect("an id"));
    }
    let late = entries[2]["BrokerProperties"]["ScheduledEnqueueTimeUtc"].as_str().expect("a moment");
    let late = jiff::fmt::rfc2822::parse(late).expect("a moment").timestamp();
    assert!((4..=6).contains(&late.duration_since(Timestamp::now()).as_secs()), "{late}");
    assert_eq!(entries[2]["BrokerProperties"]["MessageId"], "d-1");
}

#[tokio::test]
async fn what_is_wrong_with_a_resource_is_said_at_start() {
    let resources = json!({
        "queue/orders": "https://ns.servicebus.windows.net/", "topic/paid": "sb://ns.servicebus.windows.net/paid",
        "table/stock": "https://a.documents.azure.com/dbs/shop", "bucket/files": "files", "secret/key": "https://v.vault.azure.net",
        "queue/fine": "https://a.queue.core.windows.net/fine",
    });
    let cloud = AzureCloud::new(client().await, Resources::read(&resources.to_string()).expect("resources"));
    let said =
        |kind, name: &str| cloud.check(&output(kind, name)).err().map(|kind| kind.to_string()).unwrap_or_default();
    for (kind, name, example) in [
        (OutputKind::Queue, "orders", "https://NAMESPACE.servicebus.windows.net/NAME"),
        (OutputKind::Topic, "paid", "https://NAMESPACE.servicebus.windows.net/NAME"),
        (OutputKind::Table, "stock", "https://ACCOUNT.documents.azure.com/dbs/DATABASE/colls/CONTAINER"),
        (OutputKind::Bucket, "files", "https://ACCOUNT.blob.core.windows.net/CONTAINER"),
        (OutputKind::Secret, "key", "https://VAULT.vault.azure.net/secrets/NAME"),
    ] {
        assert!(said(kind, name).contains(example), "{}", said(kind, name));
    }
    assert_eq!(said(OutputKind::Queue, "fine"), "");
    assert!(said(OutputKind::Event, "com.example.paid").contains("`TUSK_FN_RESOURCES` has no `event`"));
    assert!(said(OutputKind::Table, TableStore::NAME).contains("`TUSK_FN_RESOURCES` has no `idempotency`"));
}

#[tokio::test]
async fn a_secret_is_kept_for_a_while() {
    let given = |value: &str| Answer::json(200, &json!({ "value": value }).to_string());
    let (cloud, script) = cloud([given("old"), given("new")]).await;
    let key = output(OutputKind::Secret, "key");
    let begun = Instant::now();
    for (minutes, expected, requests) in [(0, "old", 1), (4, "old", 1), (6, "new", 2)] {
        let value = cloud.fetch_secret(&key, begun + Duration::from_mins(minutes)).await.expect("a secret");
        assert_eq!((&value[..], script.requests().len()), (expected.as_bytes(), requests));
    }
    assert_eq!(lines(&script)[0], "GET /secrets/key-1?api-version=7.4");
}

#[cfg(feature = "blob-store")]
#[tokio::test]
async fn a_container_of_an_event_is_found_by_its_name() {
    use super::BucketName::{Logical, Physical};

    let (cloud, _) = cloud([Answer::Close]).await;
    let url = |name| cloud.container(name).map(|place| place.url());
    let files = url(Logical("files")).expect("a container");
    assert!(files.ends_with("/acct/files-x7"), "{files}");
    assert_eq!(url(Physical("files-x7")).expect("a container"), files);
    assert!(cloud.bucket(Physical("files-x7")).is_ok());
    for (name, why) in [
        (Logical("none"), "`TUSK_FN_RESOURCES` has no `bucket/none`"),
        (Physical("files"), "`TUSK_FN_RESOURCES` has no bucket whose container is `files`"),
        (Physical("twice"), "`TUSK_FN_RESOURCES` has containers named `twice` in several accounts"),
    ] {
        let error = url(name).expect_err("unknown").to_string();
        assert!(error.contains(why), "{error}");
    }
}
