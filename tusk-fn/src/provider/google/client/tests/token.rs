//! Tokens, of a metadata server that answers what a test says.

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use serde_json::json;

use super::super::environment::Admission;
use super::{TOKEN, admitted, client};
use crate::provider::client::error::Cause;
use crate::provider::client::tests::server::{Answer, Request, Script, start};

const SECRET: &str = "projects/p/secrets/s";

fn token(text: &str, expires_in: u64) -> Answer {
    let answer = json!({ "access_token": text, "expires_in": expires_in, "token_type": "Bearer" });
    Answer::json(200, &answer.to_string())
}

fn found() -> Answer {
    Answer::json(200, r#"{"payload":{"data":"c2s="}}"#)
}

fn unauthenticated() -> Answer {
    Answer::json(401, r#"{"error":{"code":401,"message":"m","status":"UNAUTHENTICATED"}}"#)
}

fn authorizations(script: &Script) -> Vec<String> {
    let of = |request: &Request| {
        let line = request.head.lines().find_map(|line| line.strip_prefix("authorization: "));
        line.unwrap_or_default().to_owned()
    };
    script.requests().iter().map(of).collect()
}

#[tokio::test]
async fn a_token_is_asked_for_once_and_kept() {
    let (metadata, asked) = start([token(TOKEN, 3_599)]).await;
    let (url, called) = start([found()]).await;
    let client = admitted(&url, Admission::Token, &metadata);
    let calls = (0..8).map(|_| client.access_secret(SECRET, None));
    assert!(futures_util::future::join_all(calls).await.iter().all(Result::is_ok));
    client.access_secret(SECRET, None).await.expect("a secret");
    let request = asked.requests();
    assert_eq!(request.len(), 1);
    assert_eq!(request[0].line, "GET /computeMetadata/v1/instance/service-accounts/default/token");
    assert!(request[0].head.contains("metadata-flavor: google\r\n"), "{}", request[0].head);
    assert_eq!(authorizations(&called), vec![format!("bearer {TOKEN}"); 9]);
}

/// A token that is about to end is replaced; while that fails, it is used to its end.
#[tokio::test]
async fn a_token_is_replaced_before_its_end() {
    let broken = Answer::Say(503, "", String::new());
    let (metadata, asked) = start([token("first", 20), broken, token("second", 3_600)]).await;
    let (url, called) = start([found()]).await;
    let client = admitted(&url, Admission::Token, &metadata);
    client.access_secret(SECRET, None).await.expect("a secret");
    client.access_secret(SECRET, None).await.expect("a secret");
    assert_eq!(asked.requests().len(), 1, "a tenth of its time it is new");
    tokio::time::sleep(std::time::Duration::from_millis(2_100)).await;
    client.access_secret(SECRET, None).await.expect("the one from before is good");
    client.access_secret(SECRET, None).await.expect("and nobody asks again at once");
    assert_eq!(asked.requests().len(), 2);
    assert_eq!(authorizations(&called), ["bearer first"; 4]);
}

/// Whoever asks for a newer one waits; nobody else does.
#[tokio::test]
async fn one_caller_asks_and_the_others_go_on() {
    let (metadata, asked) = start([token("first", 12), Answer::Nothing]).await;
    let (url, called) = start([found()]).await;
    let client = admitted(&url, Admission::Token, &metadata);
    client.access_secret(SECRET, None).await.expect("a secret");
    tokio::time::sleep(std::time::Duration::from_millis(1_300)).await;
    let begun = std::time::Instant::now();
    let mut calls: FuturesUnordered<_> = (0..4).map(|_| client.access_secret(SECRET, None)).collect();
    for _ in 0..3 {
        calls.next().await.expect("a call").expect("a secret");
    }
    assert!(begun.elapsed() < std::time::Duration::from_millis(200), "{:?}", begun.elapsed());
    calls.next().await.expect("a call").expect("the one from before");
    assert_eq!(asked.requests().len(), 2);
    assert_eq!(authorizations(&called), ["bearer first"; 5]);
}

#[tokio::test]
async fn a_token_that_is_refused_is_used_no_more() {
    let (metadata, asked) = start([token("first", 3_600), token("second", 3_600)]).await;
    let (url, called) = start([found(), unauthenticated(), found()]).await;
    let client = admitted(&url, Admission::Token, &metadata);
    client.access_secret(SECRET, None).await.expect("a secret");
    client.access_secret(SECRET, None).await.expect("a secret");
    assert_eq!(asked.requests().len(), 2);
    assert_eq!(authorizations(&called), ["bearer first", "bearer first", "bearer second"]);
}

#[tokio::test]
async fn an_end_that_is_past_ends_the_use() {
    let (metadata, asked) = start([token("first", 5), token("second", 3_600)]).await;
    let (url, called) = start([found()]).await;
    let client = admitted(&url, Admission::Token, &metadata);
    client.access_secret(SECRET, None).await.expect("a secret");
    client.access_secret(SECRET, None).await.expect("a secret");
    assert_eq!(asked.requests().len(), 2);
    assert_eq!(authorizations(&called), ["bearer first", "bearer second"]);
}

#[tokio::test]
async fn without_a_metadata_server_the_error_says_what_to_set() {
    let (url, called) = start([found()]).await;
    let error = admitted(&url, Admission::Token, "http://127.0.0.1:9/").access_secret(SECRET, None).await;
    let error = error.expect_err("no server").to_string();
    let expected = "AccessSecretVersion of `projects/p/secrets/s` failed: there is no access token: \
                    http://127.0.0.1:9/computeMetadata/v1/instance/service-accounts/default/token does not give one (no \
                    connection); elsewhere than on Google, set `CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER` to where an \
                    emulator of the service is";
    assert_eq!(error, expected);
    assert!(called.requests().is_empty());
}

#[tokio::test]
async fn what_passes_is_asked_again_and_what_lasts_is_not() {
    for (answer, requests) in [
        (Answer::Close, 4),
        (Answer::Say(503, "", String::new()), 4),
        (Answer::Say(429, "", String::new()), 4),
        (Answer::Say(404, "", format!("no account {TOKEN}")), 1),
        (Answer::json(200, &format!(r#"{{"access_token":"{TOKEN}"}}"#)), 1),
        (Answer::json(200, r#"{"access_token":"a\nb","expires_in":1}"#), 1),
    ] {
        let (metadata, asked) = start([answer.clone()]).await;
        let (url, called) = start([found()]).await;
        let error = admitted(&url, Admission::Token, &metadata).access_secret(SECRET, None).await;
        let error = error.expect_err("no token");
        assert!(matches!(error.cause(), Cause::NoToken { .. }), "{error}");
        assert!(!format!("{error:?}").contains(TOKEN), "{error:?}");
        assert_eq!(asked.requests().len(), requests, "{answer:?}");
        assert!(called.requests().is_empty());
    }
}

#[tokio::test]
async fn a_token_without_an_end_is_as_good_as_others() {
    let (metadata, asked) = start([token(TOKEN, u64::MAX)]).await;
    let (url, _) = start([found()]).await;
    let client = admitted(&url, Admission::Token, &metadata);
    client.access_secret(SECRET, None).await.expect("a secret");
    client.access_secret(SECRET, None).await.expect("a secret");
    assert_eq!(asked.requests().len(), 1);
}

#[tokio::test]
async fn an_emulator_of_firestore_is_told_of_an_administrator() {
    let (url, called) = start([found()]).await;
    let client = admitted(&url, Admission::Owner, "http://127.0.0.1:9/");
    client.access_secret(SECRET, None).await.expect("a secret");
    assert_eq!(authorizations(&called), ["bearer owner"]);
}

#[test]
fn a_client_shows_nothing() {
    assert_eq!(format!("{:?}", client("http://127.0.0.1:9")), "Client { .. }");
}
