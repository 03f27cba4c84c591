//! Events to a channel.

use jiff::Timestamp;
use serde_json::json;

use super::super::Event;
use super::calls::refused;
use super::{bodies, client};
use crate::provider::client::tests::server::{Answer, start};

const CHANNEL: &str = "projects/p/locations/europe-west3/channels/shop";

fn event(id: &str, data: &str) -> Event {
    Event {
        id: id.to_owned(),
        source: "/functions/pay".to_owned(),
        kind: "com.example.paid".to_owned(),
        subject: None,
        time: Timestamp::from_microsecond(1_767_268_800_123_456).expect("a moment"),
        data: data.to_owned(),
    }
}

#[tokio::test]
async fn a_request_says_what_the_interface_wants() {
    let (url, script) = start([Answer::json(200, "{}")]).await;
    let first = Event { subject: Some("order-1".to_owned()), ..event("e1", r#"{"a":"ü"}"#) };
    let outcomes = client(&url).publish_events(CHANNEL, &[first, event("e2", "{}")], None).await;
    assert_eq!(outcomes.into_iter().collect::<Result<Vec<_>, _>>().expect("sent"), ["e1", "e2"]);
    let request = script.requests().remove(0);
    assert_eq!(request.line, "POST /v1/projects/p/locations/europe-west3/channels/shop:publishEvents");
    let expected = |id: &str, data: &str, subject: serde_json::Value| {
        let mut event = json!({
            "@type": "type.googleapis.com/io.cloudevents.v1.CloudEvent",
            "id": id, "source": "/functions/pay", "specVersion": "1.0", "type": "com.example.paid",
            "attributes": {
                "datacontenttype": { "ceString": "application/json" },
                "time": { "ceTimestamp": "2026-01-01T12:00:00.123456Z" },
            },
            "textData": data,
        });
        if !subject.is_null() {
            event["attributes"]["subject"] = subject;
        }
        event
    };
    let first = expected("e1", r#"{"a":"ü"}"#, json!({ "ceString": "order-1" }));
    assert_eq!(bodies(&[request])[0], json!({ "events": [first, expected("e2", "{}", json!(null))] }));
}

#[tokio::test]
async fn an_event_that_is_sent_again_is_the_same() {
    let (url, script) = start([Answer::Close, refused(503, "UNAVAILABLE"), Answer::json(200, "{}")]).await;
    let outcomes = client(&url).publish_events(CHANNEL, &[event("e1", "{}")], None).await;
    assert!(outcomes[0].is_ok());
    let requests = script.requests();
    assert_eq!(requests.len(), 3);
    assert!(requests.iter().all(|request| request.body == requests[0].body));
}

#[tokio::test]
async fn a_list_is_split() {
    let (url, script) = start([Answer::json(200, "{}")]).await;
    let events: Vec<Event> = (0..101).map(|place| event(&place.to_string(), "{}")).collect();
    assert!(client(&url).publish_events(CHANNEL, &events, None).await.iter().all(Result::is_ok));
    let counts = |bodies: Vec<serde_json::Value>| -> Vec<usize> {
        bodies.iter().map(|body| body["events"].as_array().map_or(0, Vec::len)).collect()
    };
    assert_eq!(counts(bodies(&script.requests())), [100, 1]);

    let (url, script) = start([Answer::json(200, "{}")]).await;
    let large = "x".repeat(500_000);
    let events = [event("1", &large), event("2", &large), event("3", &"x".repeat(524_288)), event("4", &large)];
    let outcomes = client(&url).publish_events(CHANNEL, &events, None).await;
    assert_eq!(outcomes.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, true, false, true]);
    assert_eq!(counts(bodies(&script.requests())), [2, 1]);
}

#[tokio::test]
async fn an_answer_that_is_none_is_no_success() {
    for answer in [Answer::json(200, "<html>"), Answer::json(200, ""), refused(403, "PERMISSION_DENIED")] {
        let (url, _) = start([answer]).await;
        assert!(client(&url).publish_events(CHANNEL, &[event("1", "{}")], None).await[0].is_err());
    }
}
