//! What Google sends: Pub/Sub, Eventarc, Cloud Storage, Firestore and Cloud Scheduler.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::{Container, serving, taken};

/// Sends a body of JSON with headers, and gives the status.
fn post(container: &Container, path: &str, headers: &[(&str, &str)], body: &Value) -> u16 {
    let headers = [&[("content-type", "application/json")], headers].concat();
    container.request("POST", path, &headers, &body.to_string()).status
}

/// The headers of an event that Eventarc sends.
fn eventarc<'a>(kind: &'a str, subject: &'a str) -> [(&'a str, &'a str); 6] {
    [
        ("ce-specversion", "1.0"),
        ("ce-id", "e-1"),
        ("ce-source", "//service.googleapis.com/projects/shop"),
        ("ce-time", "2026-01-31T12:00:00.5Z"),
        ("ce-type", kind),
        ("ce-subject", subject),
    ]
}

fn pushed() -> Value {
    json!({
        "message": {"data": "aGVsbG8=", "attributes": {"Test": "x"}, "messageId": "m-1", "message_id": "m-1",
            "publishTime": "2026-01-31T12:00:00Z", "publish_time": "2026-01-31T12:00:00Z", "orderingKey": "ada"},
        "subscription": "projects/shop/subscriptions/orders", "deliveryAttempt": 2
    })
}

#[test]
fn messages_come_in_each_form_of_pub_sub() {
    for (function, note) in
        [("queue", "queue hello 2 false"), ("topic", "topic hello Some(\"x\")"), ("stream", "stream ada hello")]
    {
        let container = serving("google", function);
        for path in ["/", &format!("/{function}")] {
            assert_eq!(post(&container, path, &[], &pushed()), 202, "{function} {path}");
            assert_eq!(container.notes(), note, "{function} {path}");
        }
        let published = eventarc("google.cloud.pubsub.topic.v1.messagePublished", "");
        assert_eq!(post(&container, "/", &published, &pushed()), 202, "{function}");
        assert_eq!(container.notes(), note, "{function}");
    }
    let queue = serving("google", "queue");
    let unwrapped = [
        ("x-goog-pubsub-message-id", "m-1"),
        ("x-goog-pubsub-subscription-name", "projects/shop/subscriptions/orders"),
    ];
    assert_eq!(queue.request("POST", "/", &unwrapped, "hello").status, 202);
    assert_eq!(queue.notes(), "queue hello 1 false");
    // A hundred attributes, and one that looks like the scheduler's.
    let names: Vec<String> = (0..99).map(|number| format!("attribute-{number}")).collect();
    let mut many = [&unwrapped[..], &[("x-cloudscheduler", "true")]].concat();
    many.extend(names.iter().map(|name| (&**name, "value")));
    assert_eq!(queue.request("POST", "/", &many, "hello").status, 202);
    assert_eq!(queue.notes(), "queue hello 1 false");
}

#[test]
fn objects_documents_events_and_instants_come() {
    let blob = serving("google", "blob");
    let object = json!({"kind": "storage#object", "bucket": "shop-uploads-x7", "name": "in/a b.csv", "size": "3",
        "generation": "17", "etag": "CJ=="});
    for (kind, note) in
        [("finalized", "blob Created in a b"), ("deleted", "blob Deleted in a b"), ("metadataUpdated", "")]
    {
        let kind = format!("google.cloud.storage.object.v1.{kind}");
        assert_eq!(post(&blob, "/", &eventarc(&kind, "objects/in/a b.csv"), &object), 202, "{kind}");
        assert_eq!(blob.notes(), note, "{kind}");
    }
    let database = serving("google", "database");
    let name = "projects/shop/databases/(default)/documents/items/7";
    let document = json!({"value": {"name": name, "fields": {"Message": {"stringValue": "hi"}},
        "createTime": "2026-01-31T12:00:00Z", "updateTime": "2026-01-31T12:00:00Z"}});
    let created = eventarc("google.cloud.firestore.document.v1.created", "documents/items/7");
    assert_eq!(post(&database, "/", &created, &document), 202);
    let note = database.notes();
    assert!(note.starts_with("database {") && note.contains("\"id\":\"7\"") && note.ends_with("\"hi\""), "{note}");
    let event = serving("google", "event");
    assert_eq!(post(&event, "/", &eventarc("com.example.paid", "orders/7"), &json!({"order": 7})), 202);
    assert_eq!(event.notes(), "event com.example.paid //service.googleapis.com/projects/shop {\"order\":7}");
    let timer = serving("google", "timer");
    let scheduled = [
        ("user-agent", "Google-Cloud-Scheduler"),
        ("x-cloudscheduler", "true"),
        ("x-cloudscheduler-jobname", "timer"),
        ("x-cloudscheduler-scheduletime", "2026-01-31T04:05:00-08:00"),
    ];
    assert_eq!(post(&timer, "/", &scheduled, &json!({})), 202);
    assert_eq!(timer.notes(), "timer 2026-01-31T12:05:00Z");
}

/// What no header can hold, Eventarc sends in the message that the event is on its way ("Google Cloud Pub/Sub Protocol Binding for
/// `CloudEvents`"; the tests of `functions-framework-nodejs` for `CE_PUBSUB_BINDING`).
#[test]
fn an_event_that_headers_cannot_hold_comes_in_a_message() {
    let database = serving("google", "database,queue");
    let name = "projects/shop/databases/(default)/documents/items/ends with a blank ";
    let image = json!({"name": name, "fields": {"Message": {"stringValue": "hi"}}, "createTime": "2026-01-31T12:00:00Z",
        "updateTime": "2026-01-31T12:00:00Z"});
    let attributes = json!({
        "ce-specversion": "1.0", "ce-id": "e-1", "ce-type": "google.cloud.firestore.document.v1.written",
        "ce-source": "//firestore.googleapis.com/projects/shop/databases/(default)",
        "ce-subject": "documents/items/ends with a blank ", "ce-document": "items/ends with a blank ",
        "ce-time": "2026-01-31T12:00:00.187599Z", "ce-datacontenttype": "application/json; charset=utf-8",
    });
    let data = BASE64_STANDARD.encode(json!({"oldValue": {}, "updateMask": {}, "value": image}).to_string());
    let mut pushed = pushed();
    pushed["message"]["data"] = data.into();
    pushed["message"]["attributes"] = attributes;
    assert_eq!(post(&database, "/database?__GCP_CloudEventsMode=CE_PUBSUB_BINDING", &[], &pushed), 202);
    let note = database.notes();
    assert!(note.contains("\"id\":\"ends with a blank \"") && note.ends_with("\"hi\""), "{note}");
}

#[test]
fn the_functions_framework_names_the_function() {
    let start = |target: &str, signature: &str| {
        let taken = taken("google", "").without("TUSK_FN").without("TUSK_FN_PROVIDER");
        taken.env("FUNCTION_TARGET", target).env("FUNCTION_SIGNATURE_TYPE", signature)
    };
    for (target, signature, why) in [
        (
            "quue",
            "cloudevent",
            "`FUNCTION_TARGET` names the function `quue`, which this program does not have; did you mean `queue`?",
        ),
        ("queue", "http", "`FUNCTION_SIGNATURE_TYPE`"),
        ("public", "cloudevent", "`FUNCTION_SIGNATURE_TYPE`"),
    ] {
        let (errors, status) = start(target, signature).fail();
        assert_eq!(status.code(), Some(1));
        assert!(errors.contains(why), "{errors}");
    }
    let mut private = start("private", "http").start();
    let address = super::listening(&mut private);
    let get = |path: &str| crate::support::Connection::to(address).request("GET", path, &[], b"");
    for path in ["/private", "/", "/any/path"] {
        assert_eq!(get(path).text(), "private", "{path}");
    }
    assert_eq!(get("/favicon.ico").status, 404);
    assert!(private.stop().contains("asked to end"));
}

/// Cloud Logging takes the severity, the time and the message of a line from its JSON.
#[test]
fn lines_are_objects_that_cloud_logging_reads() {
    let mut container = serving("google", "mood");
    let push = |data: &str| {
        let message =
            json!({"message": {"data": data, "messageId": "1"}, "subscription": "projects/p/subscriptions/s"});
        container.request("POST", "/mood", &[("content-type", "application/json")], &message.to_string()).status
    };
    // "well" and "fail" in base64.
    assert_eq!((push("d2VsbA=="), push("ZmFpbA==")), (202, 500));
    let log = container.program.stop();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of =
        |severity: &str| lines.iter().find(|line| line["severity"] == severity && line["function"] == "mood").unwrap();
    assert_eq!((&of("INFO")["message"], &of("INFO")["mood"]), (&json!("all is well"), &json!("well")));
    assert_eq!(of("ERROR")["message"], "the function failed");
    assert!(of("ERROR")["invocation"].is_string() && of("ERROR")["time"].is_string(), "{log}");
}
