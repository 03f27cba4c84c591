//! What the host is answered, and how the program starts and ends.

use std::time::Duration;

use serde_json::json;
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::support::{Answer, Served, storage, wrapped};
use crate::provider::azure::{AzureError, Host};

#[tokio::test]
async fn what_became_of_an_invocation() {
    let served = Served::started().await;
    for (word, status, kind) in [
        ("ok", 200, ""),
        ("fail", 500, "Broken"),
        ("reject", 500, "Rejected"),
        ("panic", 500, "Panic"),
        ("hang", 504, "InvocationTimedOut"),
    ] {
        let answer = served.invoke("queue", &json!({"message": wrapped(word)}), &storage()).await;
        assert_eq!(answer.status, status, "{word}: {answer:?}");
        assert_eq!(answer.is_success(), status == 200, "{answer:?}");
        assert!(answer.body.contains(kind) && !answer.body.contains("secret"), "{answer:?}");
    }
}

/// The host would deliver it again at once, as often as the queue allows.
#[tokio::test]
async fn what_another_invocation_handles_is_waited_for() {
    let served = Served::started().await;
    let (data, metadata) = (json!({"message": wrapped("slow")}), storage());
    let (one, other) = tokio::join!(served.invoke("once", &data, &metadata), async {
        sleep(Duration::from_millis(50)).await;
        served.invoke("once", &data, &metadata).await
    });
    assert!(one.is_success() && other.status == 200, "{one:?} {other:?}");
    assert_eq!(served.seen().len(), 1);
}

#[tokio::test]
async fn several_items_fail_together() {
    let served = Served::started().await;
    let metadata = json!({"SequenceNumberArray": "[1,2,3]", "PartitionContext": {"PartitionId": "0"}});
    let send = |words: &[&str]| json!({"records": json!(words).to_string()});
    assert!(served.invoke("stream", &send(&["a", "b", "c"]), &metadata).await.is_success());
    assert_eq!(served.seen().len(), 3);
    let answer = served.invoke("stream", &send(&["a", "fail", "c"]), &metadata).await;
    assert!(answer.status == 500 && answer.body.contains("Broken"), "{answer:?}");
    assert_eq!(served.seen().len(), 2, "what comes after the failure is not tried");
    let messages = json!({"SequenceNumberArray": "[1,2,3]", "MessageIdArray": "[\"1\",\"2\",\"3\"]"});
    assert_eq!(served.invoke("queue", &send(&["fail", "b", "c"]), &messages).await.status, 500);
    assert_eq!(served.seen().len(), 3, "messages of a queue are tried all the same");
    assert!(served.invoke("stream", &send(&[]), &json!({"SequenceNumberArray": "[]"})).await.is_success());
}

#[tokio::test]
async fn what_comes_before_the_start_waits_for_it() {
    let served = Served::listening().await;
    let ping = b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n";
    assert_eq!(served.send(ping).await.status, 200);
    let (data, metadata) = (json!({"message": wrapped("early")}), storage());
    let request = b"GET /api/users/7 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let start = async {
        sleep(Duration::from_millis(100)).await;
        assert!(served.seen().is_empty());
        assert_eq!(served.send(ping).await.status, 200);
        served.start();
    };
    let (event, request, ()): (Answer, Answer, ()) =
        tokio::join!(served.invoke("queue", &data, &metadata), served.send(request), start);
    assert!(event.is_success(), "{event:?}");
    assert_eq!(request.status, 200);
    assert_eq!(served.send(ping).await.status, 200);
}

#[tokio::test]
async fn it_ends_after_the_last_answer() {
    let served = Served::started().await;
    let address = served.address;
    served.host.end().await;
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn the_environment_must_say_where_to_listen() {
    let open = |port: Option<&str>, prefix: Option<&str>| {
        let (port, prefix) = (port.map(str::to_owned), prefix.map(str::to_owned));
        Host::open(move |name| match name {
            "FUNCTIONS_CUSTOMHANDLER_PORT" => port.clone(),
            "TUSK_FN_ROUTE_PREFIX" => prefix.clone(),
            other => panic!("{other} is not looked at"),
        })
    };
    assert!(matches!(open(None, None).await.err(), Some(AzureError::PortMissing)));
    for port in ["", "0", "65536", "http", "-1"] {
        assert!(matches!(open(Some(port), None).await.err(), Some(AzureError::PortNumber { .. })), "{port}");
    }
    for prefix in ["", "/", "api/v1", "/api", "a b", ".."] {
        assert!(matches!(open(Some("1"), Some(prefix)).await.err(), Some(AzureError::Prefix { .. })), "{prefix}");
    }
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = taken.local_addr().expect("it has one").port().to_string();
    let error = open(Some(&port), Some("shop")).await.err().expect("the port is taken").to_string();
    assert!(error.starts_with(&format!("cannot listen on 127.0.0.1:{port}: ")), "{error}");
}
