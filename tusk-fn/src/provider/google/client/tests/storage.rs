//! Buckets.

use object_store::{Error, ObjectStoreExt as _, PutMode, PutPayload, path::Path};

use super::super::environment::Admission;
use super::{TOKEN, admitted, client};
use crate::provider::client::tests::server::{Answer, start};

#[tokio::test]
async fn an_object_is_written_and_read_with_a_token() {
    let token = format!(r#"{{"access_token":"{TOKEN}","expires_in":3600}}"#);
    let (metadata, asked) = start([Answer::json(200, &token)]).await;
    let written = Answer::Say(200, "etag: \"e\"\r\nx-goog-generation: 1\r\n", String::new());
    let dated = "etag: \"e\"\r\nlast-modified: Thu, 01 Jan 2026 12:00:00 GMT\r\nx-goog-generation: 1\r\n";
    let (url, called) = start([written, Answer::Say(200, dated, "0123".to_owned())]).await;
    let bucket = admitted(&url, Admission::Token, &metadata).bucket("shop-files").expect("a bucket");
    let path = Path::parse("a folder/ü+%.csv").expect("a path");
    bucket.put(&path, PutPayload::from_static(b"0123")).await.expect("written");
    let found = bucket.get(&path).await.expect("an object");
    assert_eq!(found.bytes().await.expect("its content"), "0123");
    let requests = called.requests();
    assert_eq!(requests[0].line, "PUT /shop%2Dfiles/a%20folder%2F%C3%BC%2B%25%2Ecsv");
    assert_eq!(requests[0].body, "0123");
    assert_eq!(requests[1].line, "GET /shop%2Dfiles/a%20folder%2F%C3%BC%2B%25%2Ecsv");
    for request in &requests {
        assert!(request.head.contains(&format!("authorization: bearer {TOKEN}\r\n")), "{}", request.head);
    }
    assert_eq!(asked.requests().len(), 1);
}

#[tokio::test]
async fn a_write_is_conditional() {
    let there = Answer::Say(412, "", "<Error><Code>PreconditionFailed</Code></Error>".to_owned());
    let (url, called) = start([there]).await;
    let bucket = client(&url).bucket("files").expect("a bucket");
    let put = object_store::ObjectStore::put_opts(&*bucket, &Path::from("a"), "1".into(), PutMode::Create.into()).await;
    assert!(matches!(put, Err(Error::AlreadyExists { .. })), "{put:?}");
    assert!(called.requests()[0].head.contains("x-goog-if-generation-match: 0\r\n"));
}

#[tokio::test]
async fn an_error_shows_no_token() {
    let token = format!(r#"{{"access_token":"{TOKEN}","expires_in":3600}}"#);
    for status in [401, 403, 404, 400] {
        let (metadata, _) = start([Answer::json(200, &token)]).await;
        let (url, _) = start([Answer::Say(status, "", "<Error><Code>Denied</Code></Error>".to_owned())]).await;
        let bucket = admitted(&url, Admission::Token, &metadata).bucket("files").expect("a bucket");
        let error = bucket.get(&Path::from("a")).await.expect_err("refused");
        assert!(!format!("{error} {error:?}").contains(TOKEN), "{error:?}");
    }
    let bucket =
        admitted("http://127.0.0.1:9", Admission::Token, "http://127.0.0.1:9").bucket("files").expect("a bucket");
    let error = bucket.get(&Path::from("a")).await.expect_err("no token");
    assert!(crate::error::chain(&error).contains("set `STORAGE_EMULATOR_HOST`"), "{error:?}");
}

#[tokio::test]
async fn a_name_of_a_bucket_cannot_lead_elsewhere() {
    let client = client("http://127.0.0.1:9");
    for name in ["", "a/b", "a@b", "a?b"] {
        assert!(client.bucket(name).is_err(), "{name}");
    }
}
