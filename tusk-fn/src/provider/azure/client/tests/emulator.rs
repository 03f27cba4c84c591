//! Queues and containers against an emulator of a storage account, if `TUSK_FN_TEST_AZURITE` has the URLs of its queues and of its blobs
//! with a blank between them, and `SSL_CERT_FILE` its authority.
//!
//! What a test needs there, it makes itself, under a name of its own. A token is one that nobody signed.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method};
use serde_json::json;

use super::super::environment::Environment;
use super::super::identity::Service;
use super::super::{Call, Client, Kind, Place, Text, none_foreseen};
use super::{FAR, token};
use crate::provider::client::retry::Policy;
use crate::provider::client::tests::server::start;

/// A client of the emulator, and where new queues and new containers are.
async fn emulated(kind: &str) -> Option<(Client, [Place; 2])> {
    let Some(urls) = std::env::var("TUSK_FN_TEST_AZURITE").ok() else {
        eprintln!("left out: `TUSK_FN_TEST_AZURITE` names no emulator");
        return None;
    };
    let (queues, blobs) = urls.split_once(' ').expect("two URLs");
    let claims = json!({
        "aud": "https://storage.azure.com", "iss": "https://sts.windows.net/00000000-0000-0000-0000-000000000000/",
        "iat": 1, "nbf": 1, "exp": FAR,
    });
    let unsigned =
        [json!({ "alg": "RS256", "typ": "JWT" }), claims].map(|part| BASE64_URL_SAFE_NO_PAD.encode(part.to_string()));
    let (url, _) = start([token(&format!("{}.x", unsigned.join(".")), FAR)]).await;
    let environment = Environment::read(&|name| match name {
        "IDENTITY_ENDPOINT" => Some(url.clone().into()),
        "IDENTITY_HEADER" => Some("x".into()),
        other => std::env::var_os(other),
    });
    let client = Client::new(&environment.expect("an environment"), Policy::default()).expect("a client");
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("a clock");
    let name = format!("{kind}-{}", since.as_nanos());
    let queue = Place::of_queue(&format!("{queues}/{name}")).expect("a queue").0;
    Some((client, [queue, Place::of(&format!("{blobs}/{name}"), Kind::Blobs).expect("a container")]))
}

/// Calls an operation that functions have no use for; what is answered.
async fn prepare(client: &Client, method: Method, place: &Place, path: &str) -> String {
    let call = Call {
        service: Service::Storage,
        operation: "what a test needs",
        resource: place.name(),
        method,
        url: place.url() + path,
        headers: vec![(HeaderName::from_static("x-ms-version"), HeaderValue::from_static("2021-12-02"))],
        body: Bytes::new(),
        foreseen: none_foreseen,
    };
    let answer = client.call(&call, None).await.expect("what a test needs");
    String::from_utf8_lossy(&answer.body).into_owned()
}

#[tokio::test]
async fn messages_arrive_in_a_queue() {
    let Some((client, [queue, _])) = emulated("orders").await else { return };
    prepare(&client, Method::PUT, &queue, "").await;
    let largest = vec![0xff; 49_152];
    let texts = [
        Text::new("<ü> & \"x\"".as_bytes(), None),
        Text::new(&largest, None),
        Text::new(b"late", Some(Duration::from_millis(900))),
    ];
    let outcomes = client.put_messages(&queue, &texts, None).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    let received = prepare(&client, Method::GET, &queue, "/messages?numofmessages=32").await;
    let found =
        |body: &[u8]| received.contains(&format!("<MessageText>{}</MessageText>", BASE64_STANDARD.encode(body)));
    assert!(found("<ü> & \"x\"".as_bytes()) && found(&largest) && !found(b"late"), "{} bytes", received.len());
    for id in outcomes.iter().flatten().take(2) {
        assert!(received.contains(&format!("<MessageId>{id}</MessageId>")), "{id}");
    }
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let received = prepare(&client, Method::GET, &queue, "/messages?numofmessages=32").await;
    assert!(received.contains(&BASE64_STANDARD.encode(b"late")), "{received}");
}

#[tokio::test]
async fn an_absent_queue_says_so() {
    let Some((client, [queue, _])) = emulated("absent").await else { return };
    let outcomes = client.put_messages(&queue, &[Text::new(b"x", None)], None).await;
    let error = outcomes[0].as_ref().expect_err("no queue").to_string();
    assert_eq!(error, format!("Put Message of `{}` failed: QueueNotFound (http 404)", queue.name()));
}

#[cfg(feature = "blob-store")]
mod containers {
    use std::sync::Arc;

    use futures_util::{StreamExt as _, TryStreamExt as _};
    use object_store::path::Path;
    use object_store::{Error, ObjectStore, ObjectStoreExt as _, PutMode, PutPayload, UpdateVersion, WriteMultipart};

    use super::*;

    /// A new container; none without an emulator.
    async fn container(kind: &str) -> Option<Arc<dyn ObjectStore>> {
        let (client, [_, place]) = emulated(kind).await?;
        prepare(&client, Method::PUT, &place, "?restype=container").await;
        Some(client.container(&place).expect("a container"))
    }

    #[tokio::test]
    async fn an_object_is_written_read_listed_and_deleted() {
        let Some(files) = container("objects").await else { return };
        let path = Path::parse("a folder/ü+&%.csv").expect("a path");
        files.put(&path, PutPayload::from_static(b"0123456789")).await.expect("written");
        assert_eq!(files.get(&path).await.expect("an object").bytes().await.expect("its content"), "0123456789");
        assert_eq!(files.get_range(&path, 2..5).await.expect("a range"), "234");
        files.put(&Path::from("other"), "x".into()).await.expect("written");
        let listed: Vec<_> = files.list(Some(&Path::from("a folder"))).try_collect().await.expect("a list");
        assert_eq!(listed.iter().map(|object| &object.location).collect::<Vec<_>>(), [&path]);
        files.delete(&path).await.expect("deleted");
        assert!(matches!(files.get(&path).await, Err(Error::NotFound { .. })));
        assert_eq!(files.list(None).count().await, 1);
    }

    #[tokio::test]
    async fn a_write_is_conditional() {
        let Some(files) = container("conditional").await else { return };
        let path = Path::from("a");
        let first = files.put_opts(&path, "1".into(), PutMode::Create.into()).await.expect("written");
        let again = files.put_opts(&path, "2".into(), PutMode::Create.into()).await;
        assert!(matches!(again, Err(Error::AlreadyExists { .. })), "{again:?}");
        let version = UpdateVersion::from(first);
        files.put_opts(&path, "3".into(), PutMode::Update(version.clone()).into()).await.expect("written");
        let late = files.put_opts(&path, "4".into(), PutMode::Update(version).into()).await;
        assert!(matches!(late, Err(Error::Precondition { .. })), "{late:?}");
    }

    #[tokio::test]
    async fn a_large_object_is_written_in_parts() {
        let Some(files) = container("parts").await else { return };
        let path = Path::from("large");
        let mut writer = WriteMultipart::new(files.put_multipart(&path).await.expect("an upload"));
        let piece = vec![7; 1 << 20];
        (0..12).for_each(|_| writer.write(&piece));
        writer.finish().await.expect("written");
        let content = files.get(&path).await.expect("an object").bytes().await.expect("its content");
        assert!(content.len() == 12 << 20 && content.iter().all(|&byte| byte == 7));
    }
}
