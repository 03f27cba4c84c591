//! Messages: how lists are split, and what becomes of each message.

use serde_json::{Value, json};

use super::super::Message;
use super::calls::refused;
use super::{bodies, client, patient};
use crate::provider::client::error::ClientError;
use crate::provider::client::tests::server::{Answer, Request, start};

const TOPIC: &str = "projects/p/topics/orders";

fn message(data: impl Into<String>, key: &str) -> Message {
    let ordering_key = (!key.is_empty()).then(|| key.to_owned());
    Message { data: data.into().into(), ordering_key, ..Message::default() }
}

/// An answer with an id for each message of the last request: its data.
fn accepted(requests: &[Request]) -> Answer {
    let last = requests.last().expect("a request");
    let body: Value = serde_json::from_str(&last.body).expect("json");
    let messages = body["messages"].as_array().expect("messages");
    let ids: Vec<&Value> = messages.iter().map(|message| &message["data"]).collect();
    Answer::json(200, &json!({ "messageIds": ids }).to_string())
}

fn said(outcomes: &[Result<String, ClientError>]) -> Vec<&str> {
    outcomes
        .iter()
        .map(|outcome| outcome.as_ref().map_or_else(|error| error.code().unwrap_or("?"), String::as_str))
        .collect()
}

fn counts(requests: &[Request]) -> Vec<usize> {
    bodies(requests).iter().map(|body| body["messages"].as_array().map_or(0, Vec::len)).collect()
}

#[tokio::test]
async fn a_request_says_what_the_interface_wants() {
    let (url, script) = start([Answer::json(200, r#"{"messageIds":["7","8"]}"#)]).await;
    let first = Message {
        data: "{\"ü\":1}".into(),
        attributes: [("kind".to_owned(), "paid".to_owned())].into(),
        ordering_key: None,
    };
    let outcomes = client(&url).publish(TOPIC, vec![first, message("b", "")], None).await;
    assert_eq!(said(&outcomes), ["7", "8"]);
    let request = script.requests().remove(0);
    assert_eq!(request.line, "POST /v1/projects/p/topics/orders:publish");
    assert!(request.head.contains("content-type: application/json\r\n"), "{}", request.head);
    let expected = r#"{"messages":[{"data":"eyLDvCI6MX0=","attributes":{"kind":"paid"}},{"data":"Yg=="}]}"#;
    assert_eq!(request.body, expected);
}

/// All messages of a request have the same key.
#[tokio::test]
async fn each_key_has_requests_of_its_own() {
    let (url, script) = start([Answer::Of(accepted)]).await;
    let messages = [("1", "a"), ("2", ""), ("3", "b"), ("4", "a"), ("5", "")].map(|(data, key)| message(data, key));
    let outcomes = client(&url).publish(TOPIC, messages.into(), None).await;
    assert_eq!(said(&outcomes), ["MQ==", "Mg==", "Mw==", "NA==", "NQ=="]);
    let mut sent: Vec<String> = bodies(&script.requests()).iter().map(|body| body["messages"].to_string()).collect();
    sent.sort();
    assert_eq!(
        sent,
        [
            r#"[{"data":"MQ==","orderingKey":"a"},{"data":"NA==","orderingKey":"a"}]"#,
            r#"[{"data":"Mg=="},{"data":"NQ=="}]"#,
            r#"[{"data":"Mw==","orderingKey":"b"}]"#,
        ]
    );
}

#[tokio::test]
async fn a_list_is_split_by_a_thousand_and_by_size() {
    let (url, script) = start([Answer::Of(accepted)]).await;
    let outcomes = patient(&url).publish(TOPIC, (0..2_001).map(|_| message("x", "")).collect(), None).await;
    assert_eq!(outcomes.len(), 2_001);
    assert!(outcomes.iter().all(Result::is_ok));
    assert_eq!(counts(&script.requests()), [1_000, 1_000, 1]);

    let (url, script) = start([Answer::Of(accepted)]).await;
    let large = "x".repeat(4_000_000);
    let messages = [&large, "x", &large, "x"].map(|data| message(data, ""));
    assert!(patient(&url).publish(TOPIC, messages.into(), None).await.iter().all(Result::is_ok));
    assert_eq!(counts(&script.requests()), [2, 2]);
}

#[tokio::test]
async fn what_is_too_large_is_not_sent() {
    let (url, script) = start([Answer::Of(accepted)]).await;
    let messages = ["1".to_owned(), "x".repeat(10_000_001), "2".to_owned()].map(|data| message(data, ""));
    let outcomes = client(&url).publish(TOPIC, messages.into(), None).await;
    let error = outcomes[1].as_ref().expect_err("too large").to_string();
    let expected =
        "Publish of `projects/p/topics/orders` failed: it has 10000001 bytes, and at most 10000000 are taken";
    assert_eq!(error, expected);
    assert!(outcomes[0].is_ok() && outcomes[2].is_ok());
    assert_eq!(counts(&script.requests()), [1, 1]);
}

#[tokio::test]
async fn nothing_is_sent_of_nothing() {
    let (url, script) = start([Answer::Of(accepted)]).await;
    assert!(client(&url).publish(TOPIC, Vec::new(), None).await.is_empty());
    assert!(script.requests().is_empty());
}

/// A request is accepted as a whole, so that those of a key stay in order however often it is sent.
#[tokio::test]
async fn a_request_is_sent_again_as_it_was() {
    let (url, script) = start([refused(503, "UNAVAILABLE"), Answer::Close, Answer::Of(accepted)]).await;
    let messages = ["1", "2", "3"].map(|data| message(data, "a"));
    let outcomes = client(&url).publish(TOPIC, messages.into(), None).await;
    assert_eq!(said(&outcomes), ["MQ==", "Mg==", "Mw=="]);
    let requests = script.requests();
    assert_eq!(counts(&requests), [3, 3, 3]);
    assert!(requests.iter().all(|request| request.body == requests[0].body));
}

#[tokio::test]
async fn what_is_not_there_ends_the_list() {
    let (url, script) = start([refused(404, "NOT_FOUND")]).await;
    let messages = (0..30).map(|place| message("x", &place.to_string())).collect();
    let outcomes = client(&url).publish(TOPIC, messages, None).await;
    assert_eq!(said(&outcomes), ["NOT_FOUND"; 30]);
    assert!(script.requests().len() <= 8, "{}", script.requests().len());

    let (url, script) = start([refused(404, "NOT_FOUND")]).await;
    let outcomes = client(&url).publish(TOPIC, (0..3_000).map(|_| message("x", "")).collect(), None).await;
    assert!(outcomes.iter().all(Result::is_err));
    assert_eq!(script.requests().len(), 1);
}

/// What is refused for its contents says nothing of others; but of its group nothing is sent after it.
#[tokio::test]
async fn one_bad_request_does_not_end_the_list() {
    fn unfit(requests: &[Request]) -> Answer {
        let last = requests.last().expect("a request");
        if last.body.contains("orderingKey\":\"bad") { refused(400, "INVALID_ARGUMENT") } else { accepted(requests) }
    }
    let (url, script) = start([Answer::Of(unfit)]).await;
    let large = "x".repeat(6_000_000);
    let messages = [(&*large, "bad"), ("1", "good"), (&*large, "bad"), ("2", "")].map(|(data, key)| message(data, key));
    let outcomes = patient(&url).publish(TOPIC, messages.into(), None).await;
    assert_eq!(said(&outcomes), ["INVALID_ARGUMENT", "MQ==", "?", "Mg=="]);
    let withheld = outcomes[2].as_ref().expect_err("withheld").to_string();
    assert!(withheld.ends_with("it was not sent, since an earlier message of its group failed"), "{withheld}");
    assert_eq!(script.requests().len(), 3);
}

#[tokio::test]
async fn a_message_that_the_answer_forgets_is_no_success() {
    for (body, successes) in [(r#"{"messageIds":["7"]}"#, 1), ("{}", 0), ("[]", 0), ("<html>", 0)] {
        let (url, _) = start([Answer::json(200, body)]).await;
        let outcomes = client(&url).publish(TOPIC, vec![message("1", ""), message("2", "")], None).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), successes, "{body}");
        assert_eq!(outcomes.len(), 2);
    }
}
