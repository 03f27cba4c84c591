//! What is not as its kind must be: each field missing, of another type, too long, encoded once more or once less.

use serde_json::{Value, json};

use super::*;
use crate::provider::google::message::PUBLISHED;

/// The value with another in that place, or without it if that is null.
fn with(mut value: Value, pointer: &str, other: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = value.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    match other {
        Value::Null => parent.remove(name),
        other => parent.insert(name.to_owned(), other),
    };
    value
}

/// Asserts that each of these changes is refused with such an error.
fn refused(base: &Value, send: &dyn Fn(&Value) -> Request, trigger: &Value, cases: &[(&str, Value, &str)]) {
    assert!(opened(&send(base), trigger).is_ok());
    for (pointer, other, why) in cases {
        let request = send(&with(base.clone(), pointer, other.clone()));
        let error = opened(&request, trigger).expect_err(pointer);
        assert!(error.contains(why), "{pointer}: {error}");
    }
}

fn long(length: usize) -> Value {
    "x".repeat(length).into()
}

/// How a value is sent.
type Sender = fn(&Value) -> Request;

/// A value as a text of JSON.
fn encoded(value: &Value) -> Value {
    value.to_string().into()
}

#[test]
fn wrapped_messages() {
    let mut message = push("{}", &json!({"a": "b"}));
    message["deliveryAttempt"] = 2.into();
    for name in ["message_id", "publish_time"] {
        message["message"].as_object_mut().unwrap().remove(name);
    }
    let many: Value = (0..101).map(|at| (format!("a{at}"), Value::from("b"))).collect::<serde_json::Map<_, _>>().into();
    let named = json!({ ("x".repeat(257)): "b" });
    let inner = |place: &str| -> Vec<(&str, Value, String)> {
        vec![
            ("/message", Value::Null, format!("`{place}` is missing")),
            ("/message", json!([]), format!("`{place}` ")),
            ("/message", encoded(&message["message"]), format!("`{place}` cannot be read")),
            ("/message/messageId", Value::Null, format!("`{place}.messageId` is missing")),
            ("/message/messageId", json!(7), format!("`{place}.messageId` is no text")),
            ("/message/messageId", json!(""), format!("`{place}.messageId` is empty")),
            ("/message/messageId", long(1025), format!("`{place}.messageId` has 1025 bytes, and 1024 is the most")),
            ("/message/data", json!({}), format!("`{place}.data` is no text")),
            ("/message/data", json!("{\"id\": 7}"), format!("`{place}.data` is no base64")),
            ("/message/attributes", json!("a"), format!("`{place}.attributes` cannot be read")),
            ("/message/attributes", json!("{\"a\":\"b\"}"), format!("`{place}.attributes` cannot be read")),
            ("/message/attributes", many.clone(), format!("`{place}.attributes` has 101 attributes")),
            ("/message/attributes", named.clone(), format!("`{place}.attributes` has a name of 257 bytes")),
            ("/message/attributes/a", json!(1), format!("`{place}.attributes.a` is no text")),
            ("/message/attributes/a", long(1025), format!("`{place}.attributes.a` has 1025 bytes")),
            ("/message/orderingKey", json!(1), format!("`{place}.orderingKey` is no text")),
            ("/message/orderingKey", long(1025), format!("`{place}.orderingKey` has 1025 bytes")),
            ("/message/publishTime", json!("today"), format!("`{place}.publishTime` is \"today\"")),
            ("/message/publishTime", json!(1_769_860_800), format!("`{place}.publishTime` is no text")),
            ("/message/publishTime", long(2000), format!("`{place}.publishTime` has 2000 bytes")),
            ("/deliveryAttempt", json!("2"), "`deliveryAttempt` is no number of attempts".to_owned()),
            ("/deliveryAttempt", json!(-1), "`deliveryAttempt` is no number of attempts".to_owned()),
        ]
    };
    let ways: [(&str, Sender); 2] = [("message", Request::json), ("data.message", |data| event(PUBLISHED, "", data))];
    for (place, send) in ways {
        for trigger in [queue(), topic(&[]), stream()] {
            let cases = inner(place);
            let cases: Vec<_> = cases.iter().map(|(at, other, why)| (*at, other.clone(), why.as_str())).collect();
            refused(&message, &send, &trigger, &cases);
        }
    }
    // Once more: what the function is to read is then another text.
    let once_more = push(BASE64_STANDARD.encode("{}"), &json!({}));
    let Ok((Item::Message(message), ..)) = opened(&Request::json(&once_more), &queue()) else { panic!("a message") };
    assert_eq!(&*message.body, b"e30=");
}

#[test]
fn unwrapped_messages() {
    const ID: &str = "x-goog-pubsub-message-id";
    let long = "x".repeat(1025);
    for (headers, why) in [
        (vec![("x-goog-pubsub-subscription-name", "s")], "the header `x-goog-pubsub-message-id` is missing or empty"),
        (vec![(ID, "")], "the header `x-goog-pubsub-message-id` is missing or empty"),
        (vec![(ID, &*long)], "`x-goog-pubsub-message-id` has 1025 bytes"),
        (vec![(ID, "1"), ("x-goog-pubsub-publish-time", "today")], "`x-goog-pubsub-publish-time` is \"today\""),
        (vec![(ID, "1"), ("x-goog-pubsub-ordering-key", &*long)], "`x-goog-pubsub-ordering-key` has 1025 bytes"),
        (vec![(ID, "1"), ("ce-id", "%FF")], "the header `ce-id` is not UTF-8"),
    ] {
        let error = opened(&Request::new(&headers, "x"), &queue()).unwrap_err();
        assert!(error.contains(why), "{error}");
    }
}

#[test]
fn bodies_of_no_known_form() {
    for (body, why) in [
        (&b"\xff"[..], "it is not UTF-8"),
        (b"", "the body cannot be read"),
        (b"hello", "the body cannot be read"),
        (b"[1]", "the body"),
        (b"{}", "the body has neither `message` nor `context`"),
        (b"\"{\\\"message\\\": {}}\"", "the body cannot be read"),
        (b"{\"subscription\": \"s\"}", "`message` is missing"),
    ] {
        let error = read(&Request::new(&[], body)).unwrap_err();
        assert!(error.contains(why), "{error}");
    }
}

#[test]
fn events_carried_by_messages() {
    let attributes = json!({"ce-specversion": "1.0", "ce-id": "7", "ce-source": "/s", "ce-type": "com.example.paid"});
    let send = |attributes: &Value| Request::json(&push("{}", attributes));
    let twice = json!("application/cloudevents-batch+json");
    refused(
        &attributes,
        &send,
        &paid(),
        &[
            ("/ce-id", Value::Null, "in `message.attributes`: this is no CloudEvent: `ce-id` is missing or empty"),
            ("/ce-source", Value::Null, "`ce-source` is missing or empty"),
            ("/ce-type", Value::Null, "`ce-type` is missing or empty"),
            ("/ce-specversion", Value::Null, "`ce-specversion` is missing or empty"),
            ("/ce-specversion", json!("0.3"), "`ce-specversion` is \"0.3\""),
            ("/ce-time", json!("today"), "`ce-time` is \"today\""),
            ("/ce-id", json!(7), "`message.attributes.ce-id` is no text"),
            ("/ce-id", long(1025), "`message.attributes.ce-id` has 1025 bytes"),
            ("/content-type", twice, "`message.attributes.content-type` is `application/cloudevents-batch+json`"),
            ("/content-type", json!("application/cloudevents+avro"), "is not supported"),
            ("/content-type", json!("application/cloudevents+json"), "this is no CloudEvent"),
        ],
    );
    let none = opened(&send(&json!({})), &paid()).unwrap_err();
    assert_eq!(none, "`message.attributes.ce-type` is missing: it carries no CloudEvent");
}

#[test]
fn objects() {
    refused(
        &object(),
        &|data| event(&storage("finalized"), "", data),
        &blob(&["created"]),
        &[
            ("/bucket", Value::Null, "`data.bucket` is missing"),
            ("/bucket", json!(1), "`data.bucket` is no text"),
            ("/bucket", json!(""), "`data.bucket` is empty"),
            ("/bucket", long(223), "`data.bucket` has 223 bytes, and 222 is the most"),
            ("/name", Value::Null, "`data.name` is missing"),
            ("/name", json!({}), "`data.name` is no text"),
            ("/name", long(1025), "`data.name` has 1025 bytes, and 1024 is the most"),
            ("/generation", json!(1), "`data.generation` is no text"),
            ("/generation", long(1025), "`data.generation` has 1025 bytes"),
            ("/size", json!(352), "`data.size` is no text"),
            ("/size", json!("many"), "`data.size` is \"many\", which is no number of bytes"),
            ("/size", json!("\"352\""), "which is no number of bytes"),
            ("/size", long(1025), "`data.size` has 1025 bytes"),
            ("/etag", json!([]), "`data.etag` is no text"),
            ("/etag", long(1025), "`data.etag` has 1025 bytes"),
        ],
    );
    data_is_json(&storage("finalized"), &object(), &blob(&["created"]));
}

#[test]
fn notifications() {
    let send = |attributes: &Value| Request::json(&push(object().to_string(), attributes));
    let created = blob(&["created"]);
    refused(
        &notified("OBJECT_FINALIZE"),
        &send,
        &created,
        &[
            ("/eventType", Value::Null, "`message.attributes.eventType` is missing"),
            ("/eventType", json!("OBJECT_LOST"), "`message.attributes.eventType` is \"OBJECT_LOST\""),
            ("/bucketId", Value::Null, "`message.attributes.bucketId` is missing"),
            ("/bucketId", long(223), "`message.attributes.bucketId` has 223 bytes"),
            ("/objectId", Value::Null, "`message.attributes.objectId` is missing"),
            ("/objectId", json!(""), "`message.attributes.objectId` is missing"),
            ("/objectId", json!(1), "`message.attributes.objectId` is no text"),
            ("/objectId", long(1025), "`message.attributes.objectId` has 1025 bytes"),
            ("/objectGeneration", Value::Null, "`message.attributes.objectGeneration` is missing"),
            ("/eventTime", json!("today"), "`message.attributes.eventTime` is \"today\""),
        ],
    );
    for (payload, why) in [
        ("", "`message.data` cannot be read"),
        ("[]", "`message.data` "),
        ("\"{}\"", "`message.data` cannot be read"),
        ("{\"size\": 1}", "`message.data.size` is no text"),
    ] {
        let request = Request::json(&push(payload, &notified("OBJECT_FINALIZE")));
        let error = opened(&request, &created).err();
        assert!(error.as_ref().is_some_and(|error| error.contains(why)), "{payload}: {error:?}");
    }
}

#[test]
fn documents() {
    let data = json!({"value": document("4"), "oldValue": document("3")});
    let all = table(&["insert", "modify", "remove"]);
    let deep = (0..40).fold(json!({"nullValue": null}), |inner, _| json!({"mapValue": {"fields": {"x": inner}}}));
    let written = |data: &Value| event(&firestore("written"), "", data);
    let name = "`data.value.name`";
    refused(
        &data,
        &written,
        &all,
        &[
            ("/value", json!(1), "`data.value` cannot be read"),
            ("/value", encoded(&document("4")), "`data.value` cannot be read"),
            ("/value/name", Value::Null, &format!("{name} is missing")),
            ("/value/name", json!(1), &format!("{name} is no text")),
            ("/value/name", json!("stock/nut"), &format!("{name} is \"stock/nut\", and must be as in")),
            ("/value/name", json!("projects/p/databases/d/documents/stock/"), &format!("{name} is ")),
            ("/value/name", long(6145), &format!("{name} has 6145 bytes, and 6144 is the most")),
            ("/value/fields", json!([]), "`data.value.fields` cannot be read"),
            ("/value/fields", encoded(&document("4")["fields"]), "`data.value.fields` cannot be read"),
            ("/value/fields/pieces", json!(4), "`data.value.fields.pieces` must be a value with its type"),
            ("/value/fields/pieces", deep, "is nested deeper than 32 levels"),
            ("/value/updateTime", json!(4), "`data.value.updateTime` is no text"),
            ("/value/updateTime", long(2000), "`data.value.updateTime` has 2000 bytes"),
            ("/oldValue", json!("x"), "`data.oldValue` cannot be read"),
            ("/oldValue/name", Value::Null, "`data.oldValue.name` is missing"),
            ("/oldValue/fields/pieces", json!({}), "`data.oldValue.fields.pieces` must have exactly one type"),
        ],
    );
    for (kind, data, why) in [
        ("created", json!({}), "`data.value` is missing"),
        ("updated", json!({"oldValue": document("3")}), "`data.value` is missing"),
        ("deleted", json!({"value": {}}), "`data.oldValue` is missing"),
        ("written", json!({"value": {}, "oldValue": {}}), "`data.value` and `data.oldValue` are missing"),
    ] {
        let error = opened(&event(&firestore(kind), "", &data), &all).unwrap_err();
        assert!(error.contains(why), "{error}");
    }
    data_is_json(&firestore("written"), &data, &all);
}

/// Asserts that the data of such an event must be JSON of that form, and be told to be.
fn data_is_json(kind: &str, data: &Value, trigger: &Value) {
    let good = event(kind, "", data);
    for (content_type, body, why) in [
        ("application/json", String::new(), "`data` is missing"),
        ("application/json", "[1]".to_owned(), "`data` "),
        ("application/json", json!(data.to_string()).to_string(), "`data` cannot be read"),
        ("application/json", BASE64_STANDARD.encode(data.to_string()), "`data` cannot be read"),
        ("application/protobuf", data.to_string(), "`data` is `application/protobuf`, and must be JSON"),
        ("application/protobuf", data.to_string(), "`--event-data-content-type=application/json`"),
    ] {
        let mut request = Request { body: body.into_bytes(), ..good.clone() };
        content_type.clone_into(&mut request.headers[0].1);
        let error = opened(&request, trigger).err();
        assert!(error.as_ref().is_some_and(|error| error.contains(why)), "{error:?}");
    }
}

#[test]
fn background_events() {
    let base = json!({
        "context": {
            "eventId": "1", "timestamp": "2026-01-31T12:00:00Z", "eventType": "google.storage.object.finalize",
            "resource": {"service": "storage.googleapis.com", "name": "projects/_/buckets/shop-x7/objects/in/a b.csv"}
        },
        "data": object()
    });
    let resource = base["context"]["resource"].clone();
    refused(
        &base,
        &Request::json,
        &blob(&["created"]),
        &[
            ("/context", json!("x"), "`context` cannot be read"),
            ("/context", encoded(&base["context"]), "`context` cannot be read"),
            ("/context/eventId", Value::Null, "`eventId` is missing"),
            ("/context/eventId", json!(1), "`eventId` is no text"),
            ("/context/eventId", long(1025), "`eventId` has 1025 bytes"),
            ("/context/timestamp", Value::Null, "`timestamp` is missing"),
            ("/context/timestamp", json!("today"), "`timestamp` is \"today\""),
            ("/context/eventType", Value::Null, "`eventType` is missing"),
            ("/context/eventType", json!("google.storage.object.lose"), "which is no type of such an event"),
            ("/context/resource", Value::Null, "`resource` is missing"),
            ("/context/resource", json!([]), "`resource` is no text"),
            ("/context/resource", encoded(&resource), "`context.resource.service` is missing"),
            ("/context/resource/name", Value::Null, "`context.resource.name` is missing"),
            ("/context/resource/name", json!("x"), "`resource` is \"x\", which has no \"/objects/\""),
            ("/context/resource/name", long(9000), "`context.resource.name` has 9000 bytes"),
            ("/context/resource/service", Value::Null, "`context.resource.service` is missing"),
            ("/context/resource/service", json!(1), "`context.resource.service` is no text"),
            ("/data", Value::Null, "`data` is missing"),
            ("/data", encoded(&object()), "`data` cannot be read"),
        ],
    );
}
