//! Documents and secrets: requests, answers, and what is no failure.

use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use super::super::{Client, Document, Kind, Place, Write};
use super::{TOKEN, client, place, said};
use crate::provider::client::error::ClientError;
use crate::provider::client::tests::server::{Answer, Script, start};

fn fields(value: Value) -> Map<String, Value> {
    let Value::Object(fields) = value else { panic!("an object") };
    fields
}

async fn stock(answers: impl IntoIterator<Item = Answer>) -> (Client, Place, Script) {
    let (url, script) = start(answers).await;
    (client().await, place(&url, "/dbs/shop/colls/stock", Kind::Documents), script)
}

fn failed(status: u16, headers: &'static str, code: &str) -> Answer {
    Answer::Say(status, headers, json!({ "code": code, "message": "m" }).to_string())
}

fn written(status: u16) -> Answer {
    Answer::Say(status, "etag: \"t-1\"\r\n", String::new())
}

#[tokio::test]
async fn each_operation_is_asked_for_as_cosmos_db_reads_it() {
    let read = Answer::json(200, r#"{"id":"a é","pieces":3,"_etag":"\"t-1\"","_ts":1}"#);
    let (client, stock, script) =
        stock([read, written(201), written(200), written(200), Answer::Say(204, "", String::new())]).await;
    let id = "a é";
    let item = fields(json!({ "id": id, "pieces": 3 }));
    let found = client.get_document(&stock, id, None).await.expect("an answer");
    let expected = Document { fields: fields(json!({ "id": id, "pieces": 3, "_ts": 1 })), tag: "\"t-1\"".to_owned() };
    assert_eq!(found, Some(expected));
    let done = |tag: Option<&str>| Write::Done(tag.map(str::to_owned));
    assert_eq!(client.create_document(&stock, id, &item, None).await.expect("an answer"), done(Some("\"t-1\"")));
    assert_eq!(client.upsert_document(&stock, id, &item, None).await.expect("an answer"), done(Some("\"t-1\"")));
    let replaced = client.replace_document(&stock, id, &item, "\"t-0\"", None).await;
    assert_eq!(replaced.expect("an answer"), done(Some("\"t-1\"")));
    assert_eq!(client.delete_document(&stock, id, Some("\"t-1\""), None).await.expect("an answer"), done(None));

    let requests = script.requests();
    let lines: Vec<&str> = requests.iter().map(|request| request.line.as_str()).collect();
    let (all, one) = ("/dbs/shop/colls/stock/docs", "/dbs/shop/colls/stock/docs/a%20%C3%A9");
    let expected = [
        format!("GET {one}"),
        format!("POST {all}"),
        format!("POST {all}"),
        format!("PUT {one}"),
        format!("DELETE {one}"),
    ];
    assert_eq!(lines, expected);
    let headers = |head: &str| -> Vec<String> {
        let is_of_wire =
            |line: &&str| !["host:", "content-length:", "x-ms-date:"].iter().any(|name| line.starts_with(name));
        let mut lines: Vec<String> =
            head.lines().skip(1).filter(|line| !line.is_empty()).filter(is_of_wire).map(str::to_owned).collect();
        lines.sort();
        lines
    };
    let with = |more: &[&str]| -> Vec<String> {
        let mut lines = vec![
            format!("authorization: type%3daad%26ver%3d1.0%26sig%3d{TOKEN}"),
            "x-ms-documentdb-partitionkey: [\"a \\u00e9\"]".to_owned(),
            "x-ms-version: 2018-12-31".to_owned(),
        ];
        lines.extend(more.iter().map(|line| (*line).to_owned()));
        lines.sort();
        lines
    };
    let body = ["content-type: application/json", "prefer: return=minimal"];
    for (request, expected) in requests.iter().zip([
        with(&[]),
        with(&body),
        with(&[body[0], body[1], "x-ms-documentdb-is-upsert: true"]),
        with(&[body[0], body[1], "if-match: \"t-0\""]),
        with(&["if-match: \"t-1\""]),
    ]) {
        assert_eq!(headers(&request.head), expected, "{}", request.line);
        assert!(request.head.contains("\r\nx-ms-date: "), "{}", request.head);
    }
    for request in &requests[1..4] {
        assert_eq!(request.body, r#"{"id":"a é","pieces":3}"#);
    }
}

#[tokio::test]
async fn a_key_is_a_header_and_a_path_whatever_it_has() {
    let (client, stock, script) = stock([failed(404, "", "NotFound")]).await;
    for (id, path, partition) in [
        ("a\"b\\c", "a%22b%5Cc", r#"["a\"b\\c"]"#),
        ("\u{1f980}", "%F0%9F%A6%80", "[\"\\ud83e\\udd80\"]"),
        ("\u{7f}", "%7F", "[\"\\u007f\"]"),
        ("a.b-c_d~e+f:g@h", "a.b-c_d~e%2Bf%3Ag%40h", "[\"a.b-c_d~e+f:g@h\"]"),
    ] {
        assert_eq!(client.get_document(&stock, id, None).await.expect("an answer"), None);
        let request = script.requests().pop().expect("a request");
        assert_eq!(request.line, format!("GET /dbs/shop/colls/stock/docs/{path}"));
        let header = format!("\r\nx-ms-documentdb-partitionkey: {partition}\r\n");
        assert!(request.head.contains(&header), "{header} in {}", request.head);
    }
}

#[tokio::test]
async fn what_is_not_as_demanded_is_no_failure() {
    let item = fields(json!({ "id": "a" }));
    let refused = |is_first| Write::Refused { is_first };
    let gone = || failed(404, "x-ms-substatus: 0\r\n", "NotFound");
    let (client, stock, script) = stock([
        failed(409, "", "Conflict"),
        failed(412, "", "PreconditionFailed"),
        gone(),
        failed(412, "", "PreconditionFailed"),
        gone(),
        gone(),
    ])
    .await;
    assert_eq!(client.create_document(&stock, "a", &item, None).await.expect("an answer"), refused(true));
    assert_eq!(client.replace_document(&stock, "a", &item, "t", None).await.expect("an answer"), refused(true));
    assert_eq!(client.replace_document(&stock, "a", &item, "t", None).await.expect("an answer"), refused(true));
    assert_eq!(client.delete_document(&stock, "a", Some("t"), None).await.expect("an answer"), refused(true));
    assert_eq!(client.delete_document(&stock, "a", None, None).await.expect("an answer"), refused(true));
    assert_eq!(client.get_document(&stock, "a", None).await.expect("an answer"), None);
    assert_eq!(script.requests().len(), 6);
}

#[tokio::test]
async fn an_answer_after_a_lost_one_says_so() {
    let item = fields(json!({ "id": "a" }));
    for lost in [Answer::Close, Answer::Nothing, failed(500, "", "InternalServerError"), failed(449, "", "RetryWith")] {
        let (client, stock, script) = stock([lost, failed(409, "", "Conflict")]).await;
        let written = client.create_document(&stock, "a", &item, None).await.expect("an answer");
        assert_eq!(written, Write::Refused { is_first: false });
        assert_eq!(script.requests().len(), 2);
    }
}

#[tokio::test]
async fn failures_are_failures() {
    let item = fields(json!({ "id": "a" }));
    for (answer, expected, requests) in [
        // The container is not there, and not only the document.
        (failed(404, "x-ms-substatus: 1003\r\n", "NotFound"), "NotFound (http 404)", 1),
        (failed(404, "x-ms-substatus: 1002\r\n", "NotFound"), "NotFound (http 404)", 4),
        (failed(400, "", "BadRequest"), "BadRequest (http 400)", 1),
        (failed(403, "", "Forbidden"), "Forbidden (http 403): m", 1),
        (failed(413, "", "RequestEntityTooLarge"), "RequestEntityTooLarge (http 413)", 1),
        (failed(429, "x-ms-retry-after-ms: 5\r\n", "TooManyRequests"), "TooManyRequests (http 429)", 4),
        (failed(503, "", "ServiceUnavailable"), "ServiceUnavailable (http 503)", 4),
        (Answer::Say(301, "location: http://127.0.0.1:9/\r\n", String::new()), "Moved Permanently (http 301)", 1),
        (Answer::Close, "the connection was lost", 4),
    ] {
        let (client, stock, script) = stock([answer]).await;
        let error = client.get_document(&stock, "a", None).await.expect_err("a failure");
        assert_eq!(error.to_string(), format!("Get Document of `stock` failed: {expected}"));
        assert_eq!(script.requests().len(), requests, "{expected}");
        assert!(!said(&error).contains(TOKEN));
        let error = client.replace_document(&stock, "a", &item, "t", None).await.expect_err("a failure");
        assert_eq!(error.to_string(), format!("Replace Document of `stock` failed: {expected}"));
    }
    for malformed in ["", "[]", "{}", r#"{"id":"a"}"#, r#"{"id":"a","_etag":7}"#, "{"] {
        let (client, stock, _) = stock([Answer::json(200, malformed)]).await;
        let error = client.get_document(&stock, "a", None).await.expect_err("a failure");
        assert_eq!(error.to_string(), "Get Document of `stock` failed: the answer cannot be read");
    }
}

#[tokio::test]
async fn a_service_is_left_alone_for_as_long_as_it_asks() {
    let found = || Answer::json(200, r#"{"id":"a","_etag":"t"}"#);
    let (client, stock, _) = stock([failed(429, "x-ms-retry-after-ms: 120\r\n", "TooManyRequests"), found()]).await;
    let begun = Instant::now();
    assert!(client.get_document(&stock, "a", None).await.is_ok());
    assert!(begun.elapsed() >= Duration::from_millis(120), "{:?}", begun.elapsed());
    // But not beyond the deadline.
    let (client, stock, script) = self::stock([failed(429, "retry-after: 60\r\n", "TooManyRequests"), found()]).await;
    let deadline = Instant::now() + Duration::from_secs(5);
    let error = client.get_document(&stock, "a", Some(deadline)).await.expect_err("no time");
    assert!(error.is_throttling(), "{error}");
    assert_eq!(script.requests().len(), 1);
    assert!(begun.elapsed() < Duration::from_secs(4));
}

#[tokio::test]
async fn what_is_too_large_is_not_sent() {
    let (client, stock, script) = stock([written(201)]).await;
    let of = |size: usize| fields(json!({ "a": "x".repeat(size) }));
    let frame = of(0).len() + r#"{"a":""}"#.len() - 1;
    assert!(client.upsert_document(&stock, "a", &of((2 << 20) - frame), None).await.is_ok());
    let error: ClientError =
        client.upsert_document(&stock, "a", &of((2 << 20) - frame + 1), None).await.expect_err("too large");
    assert_eq!(
        error.to_string(),
        "Create Document of `stock` failed: it has 2097153 bytes, and at most 2097152 are taken"
    );
    assert_eq!(script.requests().len(), 1);
}

#[tokio::test]
async fn a_secret_is_read() {
    let (url, script) =
        start([Answer::json(200, r#"{"value":"s\"é","id":"https://v/secrets/key/1","attributes":{}}"#)]).await;
    let key = place(&url, "/secrets/key", Kind::Secret);
    let client = client().await;
    assert_eq!(client.get_secret(&key, None).await.expect("a secret"), "s\"é");
    let request = script.requests().remove(0);
    assert_eq!(request.line, "GET /secrets/key?api-version=7.4");
    assert!(request.head.contains(&format!("\r\nauthorization: bearer {TOKEN}\r\n")), "{}", request.head);
    for (body, expected) in [
        (Answer::json(200, r#"{"id":"x"}"#), "the answer cannot be read"),
        (Answer::json(200, r#"{"value":"the-secret","value":"again"}"#), "the answer cannot be read"),
        (Answer::json(404, r#"{"error":{"code":"SecretNotFound","message":"m"}}"#), "SecretNotFound (http 404)"),
        (Answer::json(403, r#"{"error":{"code":"Forbidden","message":"no get"}}"#), "Forbidden (http 403): no get"),
    ] {
        let (url, _) = start([body]).await;
        let error = client.get_secret(&place(&url, "/secrets/key", Kind::Secret), None).await.expect_err("a failure");
        assert_eq!(error.to_string(), format!("Get Secret of `key` failed: {expected}"));
        assert!(!said(&error).contains("the-secret"));
    }
}
