//! Documents: what is written, and what is read of each answer.

use serde_json::{Map, Value, json};

use super::super::{Collection, Found, Precondition, Write};
use super::calls::refused;
use super::{bodies, client};
use crate::provider::client::error::Cause;
use crate::provider::client::tests::server::{Answer, start};

const STOCK: Collection<'static> =
    Collection { name: "projects/p/databases/(default)/documents/stock", database: "projects/p/databases/(default)" };
const NAME: &str = "projects/p/databases/(default)/documents/stock/a:b c";

fn fields() -> Map<String, Value> {
    Map::from_iter([("pieces".to_owned(), json!({ "integerValue": "3" }))])
}

fn committed(time: &str) -> Answer {
    Answer::json(200, &json!({ "writeResults": [{ "updateTime": time }], "commitTime": time }).to_string())
}

#[tokio::test]
async fn a_document_is_there_or_not() {
    let read = json!([{
        "found": { "name": NAME, "fields": fields(), "createTime": "2026-01-01T12:00:00Z",
                   "updateTime": "2026-01-01T12:00:00.123456Z" },
        "readTime": "2026-01-01T12:00:01Z",
    }]);
    let none = json!([{ "missing": NAME, "readTime": "2026-01-01T12:00:01Z" }]);
    let empty = json!([{ "found": { "name": NAME, "updateTime": "1970-01-01T00:00:00.000001Z" } }]);
    let (url, script) = start([read, none, empty].map(|body| Answer::json(200, &body.to_string()))).await;
    let client = client(&url);
    let mut found = Vec::new();
    for _ in 0..3 {
        found.push(client.get_document(STOCK, "a:b c", None).await.expect("an answer"));
    }
    let first = Found { fields: fields(), version: 1_767_268_800_123_456 };
    assert_eq!(found, [Some(first), None, Some(Found { fields: Map::new(), version: 1 })]);
    let requests = script.requests();
    assert_eq!(requests[0].line, "POST /v1/projects/p/databases/%28default%29/documents:batchGet");
    assert_eq!(bodies(&requests)[0], json!({ "documents": [NAME] }));
}

#[tokio::test]
async fn a_write_says_what_must_hold() {
    let (url, script) = start([
        committed("2026-01-01T12:00:00Z"),
        committed("2026-01-01T12:00:00.000007Z"),
        committed("2026-01-01T12:00:00.5Z"),
        Answer::json(200, r#"{"writeResults":[{}],"commitTime":"2026-01-01T12:00:00Z"}"#),
        Answer::json(200, r#"{"writeResults":[{}]}"#),
    ])
    .await;
    let client = client(&url);
    let version = 1_767_268_800_000_007;
    let mut done = Vec::new();
    for (fields, precondition) in [
        (Some(fields()), None),
        (Some(fields()), Some(Precondition::Absent)),
        (Some(fields()), Some(Precondition::Version(version))),
        (None, None),
        (None, Some(Precondition::Version(version))),
    ] {
        done.push(client.commit(STOCK, "a:b c", fields, precondition, None).await.expect("an answer"));
    }
    let versions = [1_767_268_800_000_000, version, 1_767_268_800_500_000, 0, 0];
    assert_eq!(done, versions.map(Write::Done));
    let requests = script.requests();
    assert_eq!(requests[0].line, "POST /v1/projects/p/databases/%28default%29/documents:commit");
    let update = json!({ "name": NAME, "fields": fields() });
    let at = json!({ "updateTime": "2026-01-01T12:00:00.000007Z" });
    let expected = [
        json!({ "writes": [{ "update": update }] }),
        json!({ "writes": [{ "update": update, "currentDocument": { "exists": false } }] }),
        json!({ "writes": [{ "update": update, "currentDocument": at }] }),
        json!({ "writes": [{ "delete": NAME }] }),
        json!({ "writes": [{ "delete": NAME, "currentDocument": at }] }),
    ];
    assert_eq!(bodies(&requests), expected);
}

#[tokio::test]
async fn a_precondition_that_does_not_hold_is_an_answer() {
    let version = Precondition::Version(7);
    for (answer, precondition, is_answer) in [
        (refused(409, "ALREADY_EXISTS"), Some(Precondition::Absent), true),
        (refused(400, "FAILED_PRECONDITION"), Some(version), true),
        (refused(404, "NOT_FOUND"), Some(version), true),
        (refused(409, "ALREADY_EXISTS"), None, false),
        (refused(400, "FAILED_PRECONDITION"), Some(Precondition::Absent), false),
        (refused(404, "NOT_FOUND"), Some(Precondition::Absent), false),
        (refused(404, "NOT_FOUND"), None, false),
        (refused(403, "PERMISSION_DENIED"), Some(version), false),
    ] {
        let (url, script) = start([answer.clone()]).await;
        let written = client(&url).commit(STOCK, "a", Some(fields()), precondition, None).await;
        match written {
            Ok(written) => {
                assert_eq!((written, is_answer), (Write::Failed { perhaps_done: false }, true), "{answer:?}");
            }
            Err(error) => assert!(!is_answer, "{error}"),
        }
        assert_eq!(script.requests().len(), 1, "{answer:?}");
    }
}

/// A table that is not there is not one in which nothing is.
#[tokio::test]
async fn a_database_that_is_missing_is_said() {
    let message = "The database (default) does not exist for project p Please visit https://console.cloud.google.com";
    let status = json!({ "error": { "code": 404, "message": message, "status": "NOT_FOUND" } });
    for body in [status.clone(), json!([status])] {
        let (url, _) = start([Answer::json(404, &body.to_string())]).await;
        let client = client(&url);
        let read = client.get_document(STOCK, "a", None).await.expect_err("no database").to_string();
        let expected = "BatchGetDocuments of `projects/p/databases/(default)/documents/stock` failed: NOT_FOUND: the database \
                        (http 404)";
        assert_eq!(read, expected);
        let version = Some(Precondition::Version(7));
        assert!(client.commit(STOCK, "a", Some(fields()), version, None).await.is_err());
    }
}

#[tokio::test]
async fn after_a_lost_answer_the_refusal_may_be_of_the_write_itself() {
    for lost in [Answer::Close, Answer::Nothing, refused(503, "UNAVAILABLE"), refused(500, "INTERNAL")] {
        let (url, _) = start([lost.clone(), refused(409, "ALREADY_EXISTS")]).await;
        let written = client(&url).commit(STOCK, "a", Some(fields()), Some(Precondition::Absent), None).await;
        assert_eq!(written.expect("an answer"), Write::Failed { perhaps_done: true }, "{lost:?}");
    }
}

#[tokio::test]
async fn an_answer_that_is_none_is_no_success() {
    for body in ["", "{}", "[]", "[{}]", "<html>", r#"[{"found":{"fields":{}}}]"#, r#"[{"found":{"updateTime":"x"}}]"#]
    {
        let (url, _) = start([Answer::json(200, body)]).await;
        let client = client(&url);
        let read = client.get_document(STOCK, "a", None).await;
        assert_eq!(read.expect_err(body).cause(), &Cause::Unreadable, "{body}");
        let written = client.commit(STOCK, "a", Some(fields()), None, None).await;
        assert_eq!(written.expect_err(body).cause(), &Cause::Unreadable, "{body}");
    }
    // A version of no document.
    let written =
        client("http://127.0.0.1:9").commit(STOCK, "a", None, Some(Precondition::Version(u64::MAX)), None).await;
    assert_eq!(written.expect_err("no moment").cause(), &Cause::Unwritable);
}
