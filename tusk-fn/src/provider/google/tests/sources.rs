//! What is in what each source sends.

use serde_json::{Value, json};

use super::*;
use crate::event::{BlobEvent, ChangeKind, EventItem, Image, MessageItem};
use crate::provider::google::message::PUBLISHED;

fn message(request: &Request, trigger: &Value) -> (MessageItem, String, u32) {
    match opened(request, trigger).unwrap() {
        (Item::Message(message), id, attempt) => (message, id, attempt),
        (item, ..) => panic!("{item:?} is no message"),
    }
}

fn carried(request: &Request) -> (EventItem, String) {
    match opened(request, &paid()).unwrap() {
        (Item::Event(event), id, 1) => (event, id),
        (item, ..) => panic!("{item:?} is no event of a first attempt"),
    }
}

fn at(text: &str) -> jiff::Timestamp {
    text.parse().unwrap()
}

/// A message in the four ways that one comes in.
fn ways(data: &str, attributes: &Value) -> [Request; 4] {
    let wrapped = push(data, attributes);
    let mut headers = vec![
        ("x-goog-pubsub-subscription-name", "projects/p/subscriptions/s"),
        ("x-goog-pubsub-message-id", "136969346945"),
        ("x-goog-pubsub-publish-time", "2026-01-31T12:00:00.5Z"),
        ("x-goog-pubsub-ordering-key", "eu"),
        ("user-agent", "APIs-Google"),
        ("x-forwarded-for", "1.2.3.4"),
        ("traceparent", "00-1-2-01"),
        ("content-type", "application/json"),
    ];
    for (name, value) in attributes.as_object().unwrap() {
        headers.push((name, value.as_str().unwrap()));
    }
    let background = json!({
        "context": {
            "eventId": "136969346945", "timestamp": "2026-01-31T12:00:00.5Z",
            "eventType": "google.pubsub.topic.publish",
            "resource": {"service": "pubsub.googleapis.com", "name": "projects/p/topics/t"}
        },
        "data": {"attributes": attributes, "data": wrapped["message"]["data"], "orderingKey": "eu"}
    });
    [Request::json(&wrapped), Request::new(&headers, data), event(PUBLISHED, "", &wrapped), Request::json(&background)]
}

#[test]
fn a_message_is_the_same_on_every_way() {
    for request in ways("{\"id\": 7}", &json!({"region": "eu"})) {
        let (message, id, attempt) = message(&request, &queue());
        assert_eq!((&*message.body, &*id, attempt), (b"{\"id\": 7}".as_slice(), "136969346945", 1));
        assert_eq!(message.attributes.into_iter().collect::<Vec<_>>(), [("region".to_owned(), "eu".to_owned())]);
        assert_eq!((&*message.id, message.group.as_deref()), ("136969346945", Some("eu")));
        assert_eq!(message.enqueued_at, Some(at("2026-01-31T12:00:00.5Z")));
        let Ok((Item::Record(record), ..)) = opened(&request, &stream()) else { panic!("a record") };
        assert_eq!((&*record.partition, &*record.sequence, record.time), ("eu", "136969346945", message.enqueued_at));
        assert!(opened(&request, &topic(&["region = eu"])).is_ok());
        assert_eq!(opened(&request, &topic(&["region = eu", "region != eu"])).unwrap_err(), "unwanted");
        assert_eq!(opened(&request, &timer()).unwrap_err(), "foreign");
    }
}

#[test]
fn a_message_may_have_little_and_its_attempts_are_counted() {
    let with = |fields: &Value, attempt: &Value| {
        let push = json!({"message": fields, "deliveryAttempt": attempt});
        message(&Request::json(&push), &queue())
    };
    let (least, id, attempt) = with(&json!({"message_id": "1"}), &Value::Null);
    assert_eq!((least.body.len(), least.group, least.enqueued_at, &*id, attempt), (0, None, None, "1", 1));
    assert_eq!(with(&json!({"messageId": "1", "orderingKey": "", "attributes": null}), &json!(0)).2, 1);
    assert_eq!(with(&json!({"messageId": "1"}), &json!(5)).2, 5);
}

#[test]
fn a_message_may_carry_an_event() {
    let attributes = json!({
        "ce-specversion": "1.0", "ce-id": "7", "ce-source": "/shop", "ce-type": "com.example.paid", "ce-color": "blue"
    });
    let [wrapped, unwrapped, ..] = ways("{\"order\": 7}", &attributes);
    for request in [&wrapped, &unwrapped] {
        let (event, id) = carried(request);
        assert_eq!(
            (&*event.id, &*event.source, &*event.event_type, &*id),
            ("7", "/shop", "com.example.paid", "/shop#7")
        );
        assert_eq!((&*event.data, event.extensions["color"].as_str()), (b"{\"order\": 7}".as_slice(), "blue"));
        let (message, id, _) = message(request, &queue());
        assert_eq!((&*message.attributes["ce-id"], &*id), ("7", "136969346945"), "for a queue it is like any other");
    }
    assert_eq!(carried(&unwrapped).0.data_content_type.as_deref(), Some("application/json"));
    let text = json!({"specversion": "1.0", "id": "8", "source": "/shop", "type": "com.example.paid"}).to_string();
    let kind = json!({"Content-Type": "application/cloudevents+json; charset=utf-8"});
    let [wrapped, ..] = ways(&text, &kind);
    assert_eq!(carried(&wrapped).0.id, "8");
    let headers = [("content-type", "application/cloudevents+json"), ("x-goog-pubsub-message-id", "1")];
    assert_eq!(carried(&Request::new(&headers, text.clone())).0.id, "8");
    assert_eq!(carried(&Request::new(&headers[..1], text)).0.id, "8", "without metadata it is as over HTTP");
}

#[test]
fn an_event_is_taken_as_it_came() {
    let request = event("com.example.paid", "orders/7", &json!({"order": 7}));
    let (event, id) = carried(&request);
    assert_eq!((event.subject.as_deref(), &*id), (Some("orders/7"), "//google/source#event-1"));
    let Ok((Item::Event(published), ..)) =
        opened(&ways("x", &json!({}))[2], &json!({"kind": "event", "type": "google.cloud.pubsub.*"}))
    else {
        panic!("an event")
    };
    assert_eq!(published.event_type, PUBLISHED);
    assert_eq!(opened(&self::event("other", "", &json!(1)), &paid()).unwrap_err(), "unwanted");
    assert_eq!(opened(&self::event("other", "", &json!(1)), &queue()).unwrap_err(), "foreign");
}

#[test]
fn an_instant_of_the_scheduler_is_a_timers() {
    let headers = [
        ("user-agent", "Google-Cloud-Scheduler"),
        ("x-cloudscheduler", "true"),
        ("x-cloudscheduler-jobname", "sweep"),
        ("x-cloudscheduler-scheduletime", "2026-01-31T04:30:00-07:00"),
    ];
    let request = Request::new(&headers, "");
    assert_eq!(opened(&request, &timer()).unwrap_err(), "at 2026-01-31T11:30:00Z");
    assert_eq!(opened(&request, &queue()).unwrap_err(), "foreign");
}

#[test]
fn an_object_is_told_of_by_an_event_or_by_a_notification() {
    for (name, notification, means) in [
        ("finalized", "OBJECT_FINALIZE", Ok(BlobEvent::Created)),
        ("deleted", "OBJECT_DELETE", Ok(BlobEvent::Deleted)),
        ("archived", "OBJECT_ARCHIVE", Ok(BlobEvent::Deleted)),
        ("metadataUpdated", "OBJECT_METADATA_UPDATE", Err("unwanted".to_owned())),
    ] {
        let [wrapped, unwrapped, ..] = ways(&object().to_string(), &notified(notification));
        let through_eventarc = event(PUBLISHED, "", &push(object().to_string(), &notified(notification)));
        let as_event = event(&storage(name), "objects/in/a b.csv", &object());
        for request in [as_event, wrapped, unwrapped, through_eventarc] {
            let opened = opened(&request, &blob(&["created", "deleted"]));
            match (opened, means.clone()) {
                (Ok((Item::Blob(item), id, 1)), Ok(means)) => {
                    assert_eq!(
                        (&*item.blob.bucket, &*item.blob.key, item.blob.event),
                        ("shop-x7", "in/a b.csv", means)
                    );
                    assert_eq!((item.blob.size, item.blob.etag.as_deref()), (Some(352), Some("CNHZkbuF/ugCEAE=")));
                    assert_eq!(item.blob.time, Some(at("2026-01-31T12:00:00Z")));
                    assert_eq!((item.capture(0), item.capture(1)), (Some("in"), Some("a b")));
                    assert_eq!(id, format!("shop-x7/in/a b.csv#1587627537231057@{name}"));
                }
                (opened, means) => assert_eq!(opened.err(), means.err()),
            }
        }
    }
}

#[test]
fn objects_that_a_function_does_not_want_are_not_for_it() {
    let of = |kind: &str, data: &Value, events: &[&str]| opened(&event(&storage(kind), "", data), &blob(events)).err();
    let unwanted = Some("unwanted".to_owned());
    assert_eq!(of("finalized", &object(), &["deleted"]), unwanted);
    assert_eq!(of("deleted", &object(), &["created"]), unwanted);
    let mut elsewhere = object();
    elsewhere["name"] = "a.txt".into();
    assert_eq!(of("finalized", &elsewhere, &["created"]), unwanted);
    assert_eq!(of("softened", &object(), &["created"]), Some("foreign".to_owned()));
    let mut overwritten = notified("OBJECT_DELETE");
    overwritten["overwrittenByGeneration"] = "2".into();
    assert_eq!(opened(&Request::json(&push("{}", &overwritten)), &blob(&["deleted"])).err(), unwanted);
    let mut bare = notified("OBJECT_FINALIZE");
    bare["payloadFormat"] = "NONE".into();
    let Ok((Item::Blob(item), ..)) = opened(&Request::json(&push("", &bare)), &blob(&["created"])) else {
        panic!("a blob")
    };
    assert_eq!((item.blob.size, item.blob.etag), (None, None));
}

#[test]
fn a_change_of_a_document_is_what_its_type_and_its_images_say() {
    let (old, new) = (document("3"), document("4"));
    let all = table(&["insert", "modify", "remove"]);
    for (kind, data, expected) in [
        ("created", json!({"value": new, "oldValue": {}}), (ChangeKind::Insert, None, Some(4))),
        ("updated", json!({"value": new, "oldValue": old, "updateMask": {}}), (ChangeKind::Modify, Some(3), Some(4))),
        ("updated.withAuthContext", json!({"value": new}), (ChangeKind::Modify, None, Some(4))),
        ("deleted", json!({"oldValue": old, "value": {}}), (ChangeKind::Remove, Some(3), None)),
        ("written", json!({"value": new, "oldValue": {}}), (ChangeKind::Insert, None, Some(4))),
        ("written", json!({"value": new, "oldValue": old}), (ChangeKind::Modify, Some(3), Some(4))),
        ("written.withAuthContext", json!({"oldValue": old}), (ChangeKind::Remove, Some(3), None)),
    ] {
        let Ok((Item::Change(change), id, 1)) = opened(&event(&firestore(kind), "", &data), &all) else {
            panic!("{kind}")
        };
        let pieces = |image: &Option<Image>| Some(image.as_ref()?.read::<Value>().unwrap()["pieces"].as_i64().unwrap());
        assert_eq!((change.kind, pieces(&change.old), pieces(&change.new)), expected, "{kind}");
        assert_eq!((change.key.text("id"), change.key.text("path")), (Some("nut"), Some("shops/7/stock/nut")));
        let gone = change.kind == ChangeKind::Remove;
        assert_eq!(change.key.sequence, if gone { "2026-01-31T12:00:00Z" } else { "2026-01-31T12:00:00.349632Z" });
        assert_eq!((change.key.time, &*id), (Some(at("2026-01-31T12:00:00Z")), "//google/source#event-1"));
    }
    let only =
        |events: &[&str]| opened(&event(&firestore("created"), "", &json!({"value": new})), &table(events)).err();
    assert_eq!(only(&["modify", "remove"]), Some("unwanted".to_owned()));
    let other = event("google.cloud.datastore.entity.v1.created", "", &json!({}));
    assert_eq!(opened(&other, &all).unwrap_err(), "foreign");
}
