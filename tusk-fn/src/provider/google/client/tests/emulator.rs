//! The clients against emulators of Google's services, if the variables of Google's own clients name some.
//!
//! What a test needs there, it makes itself, under a name of its own.

use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use http::{Method, Request};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::super::environment::Service;
use super::super::{Client, Collection, Event, Message, Precondition, Write, path};
use crate::provider::client::error::ClientError;
use crate::provider::google::firestore::{key, typed, value};

/// A client of a service's emulator, and a name that nothing there has.
fn emulated(service: Service, kind: &str) -> Option<(Client, String)> {
    let variable = service.emulator();
    if std::env::var_os(variable).is_none() {
        eprintln!("left out: `{variable}` names no emulator");
        return None;
    }
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("a clock");
    Some((Client::from_environment().expect("an environment"), format!("{kind}-{}", since.as_nanos())))
}

/// Calls an operation that functions have no use for.
async fn prepare(client: &Client, service: Service, method: Method, path: &str, body: &Value) -> Value {
    let url = format!("{}{path}", client.shared.environment.place(service).url);
    let request = Request::builder().method(method).uri(url).header("content-type", "application/json");
    let request = request.body(Bytes::from(body.to_string())).expect("a request");
    let answer = client.shared.transport.exchange(request, Instant::now() + Duration::from_secs(10)).await;
    let (status, _, body) = answer.expect("an answer");
    assert!(status.is_success(), "{status}: {body:?}");
    serde_json::from_slice(&body).expect("json")
}

#[tokio::test]
async fn messages_come_as_they_were_published() {
    let Some((client, name)) = emulated(Service::PubSub, "orders") else { return };
    let topic = format!("projects/shop/topics/{name}");
    let subscription = format!("projects/shop/subscriptions/{name}");
    let absent = client.publish(&topic, vec![Message { data: "x".into(), ..Message::default() }], None).await;
    assert_eq!(absent[0].as_ref().err().and_then(ClientError::code), Some("NOT_FOUND"));
    prepare(&client, Service::PubSub, Method::PUT, &format!("v1/{topic}"), &json!({})).await;
    prepare(&client, Service::PubSub, Method::PUT, &format!("v1/{subscription}"), &json!({ "topic": topic })).await;
    let message = |(data, key): (&'static str, Option<&str>)| Message {
        data: data.into(),
        attributes: [("kind".to_owned(), "ü".to_owned())].into(),
        ordering_key: key.map(str::to_owned),
    };
    let messages = [("1", Some("a")), ("{\"ü\":2}", None), ("3", Some("b")), ("4", Some("a"))].map(message);
    let sent = client.publish(&topic, messages.to_vec(), None).await;
    let ids: Vec<String> = sent.into_iter().collect::<Result<_, _>>().expect("published");
    let pull = json!({ "maxMessages": 10 });
    let pulled = prepare(&client, Service::PubSub, Method::POST, &format!("v1/{subscription}:pull"), &pull).await;
    let pulled = pulled["receivedMessages"].as_array().expect("messages").clone();
    assert_eq!(pulled.len(), 4);
    for (id, message) in ids.iter().zip(&messages) {
        let mut came = pulled.iter().map(|received| &received["message"]);
        let came = came.find(|came| came["messageId"] == **id).expect("the message of that id");
        let wrapped = json!({ "message": came }).to_string();
        let read = crate::provider::google::message::wrapped(&wrapped).expect("a message").message;
        assert_eq!((&read.body, &read.attributes), (&message.data, &message.attributes));
        assert_eq!(read.group, message.ordering_key);
    }
}

#[tokio::test]
async fn documents_are_written_read_and_deleted() {
    let Some((client, name)) = emulated(Service::Firestore, "stock") else { return };
    let name = format!("projects/shop/databases/(default)/documents/{name}");
    let collection = Collection { name: &name, database: "projects/shop/databases/(default)" };
    let item = json!({
        "none": null, "yes": true, "whole": i64::MIN, "half": -0.1, "five": 5.0, "huge": 1e300, "text": "ü\u{0}\n",
        "list": [1, "a", {"inner": [0, {}]}], "empty": {}, "nothing": [], "a.b`c": 1,
    });
    let item = item.as_object().expect("an object");
    for key in ["a", "a b:c?d#e%", "ü", "", ".", "..", "__x__", "a/b", "%", &"k".repeat(1_500)] {
        let id = key::id_of(key);
        let typed = |item: &Map<String, Value>| Some(typed::typed(item.clone()).expect("values").0);
        let commit = async |fields, precondition| client.commit(collection, &id, fields, precondition, None).await;
        assert_eq!(client.get_document(collection, &id, None).await.expect("an answer"), None, "{key}");
        let Write::Done(first) = commit(typed(item), Some(Precondition::Absent)).await.expect("an answer") else {
            panic!("{key} is there already");
        };
        let found = client.get_document(collection, &id, None).await.expect("an answer").expect("a document");
        assert_eq!(found.version, first);
        assert_eq!(value::plain(found.fields, "fields").map_err(|fault| fault.0).as_ref(), Ok(item));

        let failed = Write::Failed { perhaps_done: false };
        assert_eq!(commit(typed(item), Some(Precondition::Absent)).await.expect("an answer"), failed);
        let Write::Done(second) =
            commit(Some(Map::new()), Some(Precondition::Version(first))).await.expect("an answer")
        else {
            panic!("{key} has another version");
        };
        assert!(second > first);
        for fields in [typed(item), None] {
            assert_eq!(commit(fields, Some(Precondition::Version(first))).await.expect("an answer"), failed);
        }
        assert!(matches!(commit(None, Some(Precondition::Version(second))).await, Ok(Write::Done(_))));
        for fields in [typed(item), None] {
            assert_eq!(commit(fields, Some(Precondition::Version(second))).await.expect("an answer"), failed);
        }
        assert!(matches!(commit(None, None).await, Ok(Write::Done(_))), "there is none to delete");
    }
}

#[tokio::test]
async fn a_secret_is_read() {
    let Some((client, name)) = emulated(Service::SecretManager, "key") else { return };
    let name = format!("projects/shop/secrets/{name}");
    let absent = client.access_secret(&name, None).await.expect_err("none is there");
    assert_eq!(absent.code(), Some("NOT_FOUND"));
    for (data, value) in [("c2vDvA==", &b"sk\xc3\xbc"[..]), ("AAH/", &[0, 1, 255])] {
        let version = json!({ "payload": { "data": data } });
        let add = format!("v1/{}:addVersion", path(&name));
        prepare(&client, Service::SecretManager, Method::POST, &add, &version).await;
        assert_eq!(client.access_secret(&name, None).await.expect("a secret"), value);
    }
}

#[tokio::test]
async fn events_are_taken() {
    let Some((client, id)) = emulated(Service::Eventarc, "event") else { return };
    let event = |subject: Option<&str>| Event {
        id: id.clone(),
        source: "/functions/pay".to_owned(),
        kind: "com.example.paid".to_owned(),
        subject: subject.map(str::to_owned),
        time: Timestamp::now(),
        data: r#"{"a":"ü"}"#.to_owned(),
    };
    let channel = "projects/shop/locations/europe-west3/channels/shop";
    let sent = client.publish_events(channel, &[event(None), event(Some("order-1"))], None).await;
    let ids: Vec<String> = sent.into_iter().collect::<Result<_, _>>().expect("taken");
    assert_eq!(ids, [id.clone(), id]);
}
