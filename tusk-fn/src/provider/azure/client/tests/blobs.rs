//! Containers: what `object_store` sends through this client.

use object_store::path::Path;
use object_store::{Error, ObjectStoreExt as _};

use super::super::Kind;
use super::{PROOF, TOKEN, client, identified, place, token};
use crate::provider::client::tests::server::{Answer, start};

#[tokio::test]
async fn an_object_is_read_with_a_token() {
    let answer = Answer::Say(
        200,
        "etag: \"1\"\r\nlast-modified: Sat, 31 Jan 2026 12:00:00 GMT\r\nx-ms-version: 2023-11-03\r\n",
        "content".to_owned(),
    );
    let (url, script) = start([answer]).await;
    let files = client().await.container(&place(&url, "/acct/files", Kind::Blobs)).expect("a container");
    let found = files
        .get(&Path::parse("a folder/ü.csv").expect("a path"))
        .await
        .expect("an object")
        .bytes()
        .await
        .expect("its content");
    assert_eq!(found, "content");
    let request = script.requests().remove(0);
    assert_eq!(request.line, "GET /acct/files/a%20folder/%C3%BC.csv");
    assert!(request.head.contains(&format!("\r\nauthorization: bearer {TOKEN}\r\n")), "{}", request.head);
}

#[tokio::test]
async fn what_went_wrong_repeats_no_token() {
    let denied = |code: &str| {
        let body = format!("<Error><Code>{code}</Code><Message>not authorized</Message></Error>");
        Answer::Say(403, "content-type: application/xml\r\n", body)
    };
    let (url, _) = start([denied("AuthorizationPermissionMismatch")]).await;
    let files = client().await.container(&place(&url, "/acct/files", Kind::Blobs)).expect("a container");
    let error = files.get(&"a".into()).await.expect_err("denied");
    assert!(matches!(error, Error::PermissionDenied { .. }), "{error:?}");
    let shown = format!("{error} {error:?}");
    assert!(shown.contains("AuthorizationPermissionMismatch") && !shown.contains(TOKEN), "{shown}");

    let none = Answer::json(400, r#"{"statusCode":400,"message":"no identity"}"#);
    let (client, script) = identified([none]).await;
    let files = client.container(&place(&url, "/acct/files", Kind::Blobs)).expect("a container");
    let error = crate::error::chain(&files.get(&"a".into()).await.expect_err("no token"));
    assert!(error.contains("there is no access token: Bad Request (http 400): no identity"), "{error}");
    assert!(!error.contains(PROOF), "{error}");
    assert_eq!(script.requests().len(), 1);
}

#[tokio::test]
async fn a_token_is_tried_for_again() {
    let broken = Answer::Say(500, "", String::new());
    let (client, script) = identified([broken, token(TOKEN, super::FAR)]).await;
    let (url, _) = start([Answer::Say(404, "", String::new())]).await;
    let files = client.container(&place(&url, "/acct/files", Kind::Blobs)).expect("a container");
    let error = files.get(&"a".into()).await.expect_err("not there");
    assert!(matches!(error, Error::NotFound { .. }), "{error:?}");
    assert_eq!(script.requests().len(), 2);
}
