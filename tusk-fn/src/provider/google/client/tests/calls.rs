//! One call: its answer, its failures, and further attempts.

use std::time::{Duration, Instant};

use bytes::Bytes;
use serde_json::json;

use super::{TOKEN, client};
use crate::provider::client::error::{Cause, ClientError};
use crate::provider::client::tests::server::{Answer, start};

const SECRET: &str = "projects/p/secrets/stripe-key";

async fn secret(answers: impl IntoIterator<Item = Answer>) -> (Result<Bytes, ClientError>, usize) {
    let (url, script) = start(answers).await;
    let value = client(&url).access_secret(SECRET, None).await;
    (value, script.requests().len())
}

pub(super) fn refused(status: u16, code: &str) -> Answer {
    let message = format!("of {TOKEN}");
    Answer::json(status, &json!({ "error": { "code": status, "message": message, "status": code } }).to_string())
}

fn found() -> Answer {
    let name = format!("{SECRET}/versions/3");
    Answer::json(200, &json!({ "name": name, "payload": { "data": "c2s=", "dataCrc32c": "2190488469" } }).to_string())
}

#[tokio::test]
async fn a_secret_is_its_newest_version() {
    let (url, script) = start([found()]).await;
    assert_eq!(client(&url).access_secret(SECRET, None).await.expect("a secret"), "sk");
    let request = script.requests().remove(0);
    assert_eq!(request.line, "GET /v1/projects/p/secrets/stripe-key/versions/latest:access");
    assert!(!request.head.contains("authorization"), "{}", request.head);
    assert_eq!(request.body, "");
}

#[tokio::test]
async fn a_secret_may_be_empty_and_is_what_its_checksum_says() {
    let (empty, _) = secret([Answer::json(200, r#"{"payload":{}}"#)]).await;
    assert_eq!(empty.expect("a secret"), "");
    let (unsummed, _) = secret([Answer::json(200, r#"{"payload":{"data":"AAH/"}}"#)]).await;
    assert_eq!(unsummed.expect("a secret"), vec![0, 1, 255]);
    for body in [
        r#"{"payload":{"data":"c2s=","dataCrc32c":"2190488468"}}"#,
        r#"{"payload":{"data":"c2s=","dataCrc32c":"x"}}"#,
        r#"{"payload":{"data":"c2s"}}"#,
        r#"{"payload":{"data":"c2s="}"#,
        r#"{"name":"x"}"#,
        "[]",
        "",
    ] {
        let (value, requests) = secret([Answer::json(200, body)]).await;
        let error = value.expect_err(body);
        assert_eq!(error.cause(), &Cause::Unreadable, "{body}");
        assert!(!format!("{error:?}").contains("c2s"), "{error:?}");
        assert_eq!(requests, 1, "{body}");
    }
}

#[tokio::test]
async fn what_may_pass_is_attempted_again() {
    for first in [
        Answer::Close,
        Answer::Nothing,
        Answer::Say(502, "", "<html>".to_owned()),
        Answer::Say(429, "", String::new()),
        refused(503, "UNAVAILABLE"),
        refused(500, "INTERNAL"),
        refused(504, "DEADLINE_EXCEEDED"),
        refused(409, "ABORTED"),
        refused(499, "CANCELLED"),
        refused(500, "UNKNOWN"),
        refused(401, "UNAUTHENTICATED"),
        refused(429, "RESOURCE_EXHAUSTED"),
    ] {
        let (value, requests) = secret([first.clone(), found()]).await;
        assert!(value.is_ok(), "{first:?}: {value:?}");
        assert_eq!(requests, 2, "{first:?}");
    }
}

#[tokio::test]
async fn what_lasts_is_not_attempted_again() {
    for answer in [
        refused(404, "NOT_FOUND"),
        refused(403, "PERMISSION_DENIED"),
        refused(400, "INVALID_ARGUMENT"),
        refused(400, "FAILED_PRECONDITION"),
        refused(409, "ALREADY_EXISTS"),
        refused(501, "UNIMPLEMENTED"),
        Answer::Say(302, "location: /\r\n", String::new()),
        Answer::Say(403, "", "<html>".to_owned()),
    ] {
        let (value, requests) = secret([answer.clone(), found()]).await;
        assert!(value.is_err(), "{answer:?}");
        assert_eq!(requests, 1, "{answer:?}");
    }
}

#[tokio::test]
async fn attempts_end() {
    let (value, requests) = secret([refused(429, "RESOURCE_EXHAUSTED")]).await;
    let error = value.expect_err("throttled for ever");
    assert!(error.is_throttling());
    assert_eq!(requests, 4);
    let expected = "AccessSecretVersion of `projects/p/secrets/stripe-key` failed: RESOURCE_EXHAUSTED (http 429)";
    assert_eq!(error.to_string(), expected);
}

#[tokio::test]
async fn nothing_goes_on_past_the_deadline() {
    let (url, script) = start([Answer::Nothing]).await;
    let begun = Instant::now();
    let value = client(&url).access_secret(SECRET, Some(begun + Duration::from_millis(100))).await;
    assert_eq!(value.expect_err("no answer").cause(), &Cause::TimedOut);
    assert!(begun.elapsed() < Duration::from_millis(250), "{:?}", begun.elapsed());
    assert_eq!(script.requests().len(), 1);
}

#[tokio::test]
async fn a_message_repeats_nothing_but_a_missing_permission() {
    for (status, code) in [(400, "INVALID_ARGUMENT"), (401, "UNAUTHENTICATED"), (404, "NOT_FOUND")] {
        let error = secret([refused(status, code)]).await.0.expect_err("refused");
        assert!(error.to_string().ends_with(&format!("{code} (http {status})")), "{error}");
        assert!(!format!("{error:?}").contains(TOKEN), "{error:?}");
    }
    let message = "Permission 'secretmanager.versions.access' denied for resource 'projects/p/secrets/stripe-key'";
    let denied = json!({ "error": { "code": 403, "message": message, "status": "PERMISSION_DENIED" } });
    let denied = secret([Answer::json(403, &denied.to_string())]).await.0.expect_err("refused").to_string();
    assert!(denied.ends_with(&format!("PERMISSION_DENIED (http 403): {message}")), "{denied}");
    let proxy = secret([Answer::Say(403, "", "<html>".to_owned())]).await.0.expect_err("refused").to_string();
    assert!(proxy.ends_with("failed: no code (http 403)"), "{proxy}");
}

/// Each segment as "google/api/http.proto" wants it.
#[tokio::test]
async fn a_name_does_not_lead_elsewhere() {
    let (url, script) = start([found()]).await;
    client(&url).access_secret("projects/example.com:p/secrets/a?b#c%2F ü", None).await.expect("a secret");
    let expected = "GET /v1/projects/example.com%3Ap/secrets/a%3Fb%23c%252F%20%C3%BC/versions/latest:access";
    assert_eq!(script.requests()[0].line, expected);
}

#[tokio::test]
async fn connections_are_kept() {
    let (url, script) = start([found()]).await;
    let client = client(&url);
    for _ in 0..3 {
        client.access_secret(SECRET, None).await.expect("a secret");
    }
    let connections: Vec<usize> = script.requests().iter().map(|request| request.connection).collect();
    assert_eq!(connections, [0, 0, 0]);
}
