//! Messages and events: what is sent, how a list is split, and what becomes of each.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::{Event, Kind, Message, Text};
use super::{TOKEN, client, place, said};
use crate::provider::client::error::ClientError;
use crate::provider::client::tests::server::{Answer, Request, start};

fn message(body: &str) -> Message {
    Message { body: body.to_owned(), id: format!("m-{}", body.len()), ..Message::default() }
}

fn created() -> Answer {
    Answer::Say(201, "", String::new())
}

fn refused(status: u16) -> Answer {
    Answer::Say(status, "", format!("<Error><Code>{status}</Code><Detail>d</Detail></Error>"))
}

fn codes(outcomes: &[Result<String, ClientError>]) -> Vec<&str> {
    outcomes
        .iter()
        .map(|outcome| outcome.as_ref().map_or_else(|error| error.code().unwrap_or("?"), String::as_str))
        .collect()
}

fn entries(requests: &[Request]) -> Vec<usize> {
    let count = |request: &Request| serde_json::from_str::<Vec<Value>>(&request.body).expect("a list").len();
    requests.iter().map(count).collect()
}

#[tokio::test]
async fn a_message_is_sent_as_service_bus_reads_it() {
    let (url, script) = start([created()]).await;
    let full = Message {
        body: "{\"a\":\"\u{e9}\"}".to_owned(),
        attributes: [("Kind.of_It", "a \"b\" \u{e9}"), ("Z", "2026-01-01")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        id: "d-1".to_owned(),
        group: Some("g-1".to_owned()),
        not_before: Some("2026-01-31T11:59:59.001Z".parse().expect("a moment")),
    };
    let exact: Timestamp = "2026-01-31T12:00:00Z".parse().expect("a moment");
    let late = Message { not_before: Some(exact), ..message("x") };
    let orders = place(&url, "/orders", Kind::Messages);
    let outcomes = client().await.send_messages(&orders, &[full, message("plain"), late], None).await;
    assert_eq!(codes(&outcomes), ["d-1", "m-5", "m-1"]);
    let request = script.requests().remove(0);
    assert_eq!(request.line, "POST /orders/messages");
    for header in
        [format!("authorization: bearer {TOKEN}"), "content-type: application/vnd.microsoft.servicebus.json".to_owned()]
    {
        assert!(request.head.contains(&format!("\r\n{header}\r\n")), "{header} in {}", request.head);
    }
    assert_eq!(
        request.body,
        concat!(
            r#"[{"Body":"{\"a\":\"é\"}","BrokerProperties":{"MessageId":"d-1","SessionId":"g-1","#,
            r#""ScheduledEnqueueTimeUtc":"Sat, 31 Jan 2026 12:00:00 GMT"},"#,
            r#""UserProperties":{"Kind.of_It":"a \"b\" é","Z":"2026-01-01"}},"#,
            r#"{"Body":"plain","BrokerProperties":{"MessageId":"m-5","SessionId":"m-5"}},"#,
            r#"{"Body":"x","BrokerProperties":{"MessageId":"m-1","SessionId":"m-1","#,
            r#""ScheduledEnqueueTimeUtc":"Sat, 31 Jan 2026 12:00:00 GMT"}}]"#,
        )
    );
}

#[tokio::test]
async fn a_list_is_split_by_number_and_by_size() {
    let (url, script) = start([created()]).await;
    let (client, orders) = (client().await, place(&url, "/orders", Kind::Messages));
    let sent = async |sizes: Vec<usize>| {
        let before = script.requests().len();
        let messages: Vec<Message> = sizes.into_iter().map(|size| message(&"\"".repeat(size))).collect();
        let outcomes = client.send_messages(&orders, &messages, None).await;
        let requests = script.requests().split_off(before);
        // Also where JSON writes each byte as two.
        assert!(
            requests
                .iter()
                .all(|request| request.body.len() <= 262_144 || entries(std::slice::from_ref(request)) == [1])
        );
        (outcomes, entries(&requests))
    };
    let (outcomes, requests) = sent(vec![1; 250]).await;
    assert!(outcomes.iter().all(Result::is_ok) && requests == [100, 100, 50], "{requests:?}");
    let (outcomes, requests) = sent(vec![80_000, 50_000, 80_000, 200_000, 1]).await;
    assert!(outcomes.iter().all(Result::is_ok) && requests == [2, 1, 1, 1], "{requests:?}");
    let (outcomes, requests) = sent(vec![1, 262_144 - 255, 1]).await;
    assert_eq!((outcomes[0].is_ok(), outcomes[2].is_ok(), requests), (true, true, vec![1, 1]));
    let error = outcomes[1].as_ref().expect_err("too large").to_string();
    assert_eq!(error, "Send Message Batch of `orders` failed: it has 262145 bytes, and at most 262144 are taken");
    assert_eq!(sent(Vec::new()).await.1, [0; 0]);
}

#[tokio::test]
async fn a_batch_is_accepted_as_a_whole_or_not_at_all() {
    let messages = || vec![message("x"); 250];
    // What is refused for its contents says nothing of other requests.
    let (url, script) = start([refused(400), created()]).await;
    let orders = place(&url, "/orders", Kind::Messages);
    let outcomes = client().await.send_messages(&orders, &messages(), None).await;
    assert!(outcomes[..100].iter().all(Result::is_err) && outcomes[100..].iter().all(Result::is_ok));
    assert_eq!(entries(&script.requests()), [100, 100, 50]);
    // What is missing, or closed, is so for all.
    for (status, code) in [(401, "Unauthorized"), (403, "Forbidden"), (404, "Not Found"), (410, "Gone")] {
        let (url, script) = start([refused(status)]).await;
        let orders = place(&url, "/orders", Kind::Messages);
        let outcomes = client().await.send_messages(&orders, &messages(), None).await;
        assert_eq!(codes(&outcomes), [code; 250]);
        assert_eq!(script.requests().len(), 1);
        assert!(!said(outcomes[0].as_ref().expect_err("refused")).contains(TOKEN));
    }
}

#[tokio::test]
async fn what_may_pass_is_sent_again() {
    for first in [refused(500), refused(503), refused(429), Answer::Close, Answer::Nothing] {
        let (url, script) = start([first, created()]).await;
        let orders = place(&url, "/orders", Kind::Messages);
        let grouped = Message { group: Some("g".to_owned()), ..message("x") };
        let outcomes = client().await.send_messages(&orders, &vec![grouped; 3], None).await;
        assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
        let requests = script.requests();
        // All of it, in its order, under the same ids: the queue may know them.
        assert_eq!(requests.len(), 2);
        assert_eq!(requests[0].body, requests[1].body);
    }
    let (url, script) = start([refused(503)]).await;
    let orders = place(&url, "/orders", Kind::Messages);
    let outcomes = client().await.send_messages(&orders, &[message("x")], None).await;
    assert_eq!(codes(&outcomes), ["Service Unavailable"]);
    assert_eq!(script.requests().len(), 4);
}

#[tokio::test]
async fn of_a_group_nothing_is_sent_after_a_failure() {
    let (url, script) = start([refused(400), created()]).await;
    let orders = place(&url, "/orders", Kind::Messages);
    let of = |group: &str| Message { group: Some(group.to_owned()), ..message(&"x".repeat(100_000)) };
    let outcomes = client().await.send_messages(&orders, &[of("a"), of("b"), of("a"), of("b")], None).await;
    assert_eq!(codes(&outcomes), ["Bad Request", "m-100000", "?", "m-100000"]);
    assert_eq!(entries(&script.requests()), [1, 1, 1]);
}

#[tokio::test]
async fn a_storage_queue_takes_texts_one_by_one() {
    let xml = "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><QueueMessagesList><QueueMessage><MessageId>i-1</MessageId>\
        <PopReceipt>p</PopReceipt></QueueMessage></QueueMessagesList>";
    let (url, script) = start([Answer::Say(201, "", xml.to_owned())]).await;
    let orders = place(&url, "/acct/orders", Kind::StorageQueue);
    let texts = [Text::new(b"<a>&\xff", None), Text::new(b"x", Some(Duration::from_millis(1500)))];
    assert_eq!(codes(&client().await.put_messages(&orders, &texts, None).await), ["i-1", "i-1"]);
    let requests = script.requests();
    let lines: Vec<&str> = requests.iter().map(|request| request.line.as_str()).collect();
    assert_eq!(lines, ["POST /acct/orders/messages", "POST /acct/orders/messages?visibilitytimeout=2"]);
    assert_eq!(requests[0].body, "<QueueMessage><MessageText>PGE+Jv8=</MessageText></QueueMessage>");
    for header in ["authorization: bearer ", "x-ms-version: 2021-12-02\r\n", "x-ms-date: "] {
        assert!(requests[0].head.contains(&format!("\r\n{header}")), "{header} in {}", requests[0].head);
    }
    assert!(requests[0].head.contains(" gmt\r\n"), "{}", requests[0].head);
}

#[tokio::test]
async fn a_storage_queue_may_refuse_one_of_several() {
    let put = Answer::Say(
        201,
        "",
        "<QueueMessagesList><QueueMessage><MessageId>i</MessageId></QueueMessage></QueueMessagesList>".to_owned(),
    );
    let unfit = Answer::Say(400, "x-ms-error-code: InvalidXmlDocument\r\n", String::new());
    let (url, _) = start([unfit, put]).await;
    let orders = place(&url, "/acct/orders", Kind::StorageQueue);
    let large = vec![b'x'; 49_153];
    let texts = [Text::new(b"a", None), Text::new(&large, None), Text::new(&large[1..], None)];
    let outcomes = client().await.put_messages(&orders, &texts, None).await;
    assert_eq!(codes(&outcomes), ["InvalidXmlDocument", "?", "i"]);
    let error = outcomes[1].as_ref().expect_err("too large").to_string();
    assert_eq!(error, "Put Message of `orders` failed: it has 65540 bytes, and at most 65536 are taken");
    for malformed in ["", "<QueueMessagesList/>", "{}", "<a"] {
        let (url, _) = start([Answer::Say(201, "", malformed.to_owned())]).await;
        let orders = place(&url, "/acct/orders", Kind::StorageQueue);
        let outcomes = client().await.put_messages(&orders, &texts[..1], None).await;
        let error = outcomes[0].as_ref().expect_err("no id").to_string();
        assert_eq!(error, "Put Message of `orders` failed: the answer cannot be read");
    }
}

fn event(id: &str, data: &str) -> Event {
    Event::new(id.to_owned(), "com.example.paid", "/functions/pay", None, data.as_bytes()).expect("an event")
}

#[tokio::test]
async fn events_are_published_as_cloud_events() {
    let (url, script) = start([Answer::Say(200, "", String::new())]).await;
    let events = place(&url, "/api/events", Kind::Events);
    let about = Event::new("e-1".to_owned(), "com.example.paid", "/functions/pay", Some("order 7"), b"{\"a\": 1.0}");
    let outcomes = client().await.publish(&events, &[about.expect("an event"), event("e-2", "{}")], None).await;
    assert_eq!(codes(&outcomes), ["e-1", "e-2"]);
    let request = script.requests().remove(0);
    assert_eq!(request.line, "POST /api/events?api-version=2018-01-01");
    for header in [
        format!("authorization: bearer {TOKEN}"),
        "content-type: application/cloudevents-batch+json; charset=utf-8".to_owned(),
    ] {
        assert!(request.head.contains(&format!("\r\n{header}\r\n")), "{header} in {}", request.head);
    }
    let common = r#""source":"/functions/pay","type":"com.example.paid""#;
    let first = format!(
        r#"{{"specversion":"1.0","id":"e-1",{common},"subject":"order 7","datacontenttype":"application/json","data":{{"a": 1.0}}}}"#
    );
    let second =
        format!(r#"{{"specversion":"1.0","id":"e-2",{common},"datacontenttype":"application/json","data":{{}}}}"#);
    assert_eq!(request.body, format!("[{first},{second}]"));
    assert!(Event::new(String::new(), "t", "s", None, b"no json").is_err());
}

#[tokio::test]
async fn events_are_split_by_their_bytes() {
    let (url, script) = start([Answer::Say(200, "", String::new())]).await;
    let events = place(&url, "/api/events", Kind::Events);
    let of = |size: usize| event("e", &json!({ "a": "x".repeat(size) }).to_string());
    let frame = 1_000_000 - 2 - 1 - event("e", r#"{"a":""}"#).written().len();
    let client = client().await;
    let outcomes = client.publish(&events, &[of(400_000), of(400_000), of(400_000), of(frame)], None).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    let requests = script.requests();
    assert_eq!(entries(&requests), [2, 1, 1]);
    assert!(requests.iter().all(|request| request.body.len() <= 1_000_000));
    let outcomes = client.publish(&events, &[of(frame + 1)], None).await;
    let error = outcomes[0].as_ref().expect_err("too large").to_string();
    assert_eq!(error, "Publish Events of `events` failed: it has 999999 bytes, and at most 999998 are taken");
}
