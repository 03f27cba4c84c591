//! Events that a client forges, and payloads that lie about what the host says of them.

use serde_json::{Value, json};

use super::support::{Served, blob_data, event_hub, grid, invocation, service_bus, storage, wrapped};

/// An invocation that the function `queue` would take.
fn forged() -> String {
    invocation(&json!({"message": wrapped("forged")}), &storage())
}

/// The functions that ran.
fn ran(served: &Served) -> Vec<Value> {
    served.seen().into_iter().map(|mut seen| seen["function"].take()).collect()
}

#[tokio::test]
async fn no_path_under_the_prefix_reaches_a_function_for_events() {
    let served = Served::started().await;
    for target in [
        "/api/queue",
        "/API/queue",
        "/Api/queue",
        "/%61pi/queue",
        "/api//queue",
        "/api/./queue",
        "/api/../queue",
        "/api/%2e%2e/queue",
        "/api/..%2fqueue",
        "/api/%2e%2e%2fqueue",
        "/api%2f..%2fqueue",
        "/api%2fqueue",
        "/api/%252e%252e/queue",
        "/api\\..\\queue",
        "//queue",
        "/./queue",
        "/../queue",
        "//api/queue",
        "/queue/",
        "/queue//",
        "/queue/.",
        "/Queue",
        "/QUEUE",
        "/%71ueue",
        "/queue%20",
        "/queue%00",
        "/queue;x=1",
        "/x/../queue",
        "/api",
        "/api/",
        "/",
        "*",
    ] {
        let answer = served.invoke_with(target, "", &forged()).await;
        assert!((400..500).contains(&answer.status), "{target}: {answer:?}");
        assert_eq!(ran(&served), [] as [Value; 0], "{target}");
    }
    // A function that takes any path gets it as text.
    for path in ["../queue", "%2e%2e/queue", "..%2f..%2fqueue"] {
        assert_eq!(served.invoke_with(&format!("/api/files/{path}"), "", &forged()).await.status, 200);
        assert_eq!(ran(&served), ["files"]);
    }
}

#[tokio::test]
async fn no_request_outside_of_the_prefix_is_a_clients() {
    let served = Served::started().await;
    for target in ["/users/7", "/users", "/files/a", "/users/"] {
        let answer = served.invoke_with(target, "", "").await;
        assert!((400..500).contains(&answer.status), "{target}: {answer:?}");
    }
    for request in ["GET /users/7", "GET /queue", "PUT /queue", "HEAD /users/7", "OPTIONS /queue"] {
        let answer =
            served.send(format!("{request} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n").as_bytes()).await;
        assert_eq!(answer.status, 404, "{request}");
    }
    assert_eq!(ran(&served), [] as [Value; 0]);
}

#[tokio::test]
async fn an_event_that_a_proxy_lets_through_is_not_addressed_to_this_machine() {
    let served = Served::started().await;
    let body = forged();
    let length = body.len();
    for head in [
        "POST /queue HTTP/1.1\r\nhost: shop.azurewebsites.net",
        "POST http://shop.azurewebsites.net/queue HTTP/1.1\r\nhost: shop.azurewebsites.net",
        "POST http://shop.azurewebsites.net/queue HTTP/1.1\r\nhost: 127.0.0.1",
        "POST http://shop.azurewebsites.net/api/../queue HTTP/1.1\r\nhost: 127.0.0.1",
        "POST /queue HTTP/1.1\r\nhost: 127.0.0.1\r\nhost: shop.azurewebsites.net",
        "POST /queue HTTP/1.1\r\nhost: 127.0.0.1\r\nX-Forwarded-For: 1.2.3.4",
        "POST /queue HTTP/1.0",
    ] {
        let request = format!("{head}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
        let answer = served.send(request.as_bytes()).await;
        assert!((400..500).contains(&answer.status), "{head}: {answer:?}");
    }
    assert_eq!(ran(&served), [] as [Value; 0]);
    let request = format!(
        "POST http://127.0.0.1/queue HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: {length}\r\nconnection: \
            close\r\n\r\n{body}"
    );
    assert!(served.send(request.as_bytes()).await.is_success());
    assert_eq!(ran(&served), ["queue"]);
}

#[tokio::test]
async fn a_request_that_comes_as_an_event_reaches_only_functions_for_clients() {
    let served = Served::started().await;
    for url in
        ["http://x/queue", "http://x/api/queue", "http://x/api/../queue", "http://x//queue", "http://x/api%2fqueue"]
    {
        let answer =
            served.invoke("users", &json!({"req": {"Url": url, "Method": "POST", "Body": forged()}}), &json!({})).await;
        assert!(answer.status == 400 || answer.json()["Outputs"]["res"]["statusCode"] == "404", "{url}: {answer:?}");
    }
    // A function for events takes none, however it looks.
    let answer =
        served.invoke("queue", &json!({"req": {"Url": "http://x/api/users/7", "Method": "POST"}}), &storage()).await;
    assert_eq!(answer.status, 400);
    assert_eq!(ran(&served), [] as [Value; 0]);
}

#[tokio::test]
async fn a_payload_does_not_choose_its_id() {
    let served = Served::started().await;
    let lie = json!({"id": "other", "DEQUEUECOUNT": 9, "insertionTime": "2000-01-01"}).to_string();
    // What the host makes of it.
    let mut metadata = storage();
    metadata["Id"] = wrapped("other");
    metadata["DequeueCount"] = wrapped("9");
    metadata["InsertionTime"] = wrapped("01/01/2000 00:00:00");
    let seen = served.saw("queue", &json!({"message": wrapped(&*lie)}), &metadata).await;
    assert_eq!((&seen[0]["id"], &seen[0]["attempt"]), (&Value::Null, &json!(1)));
    assert_eq!(seen[0]["item"]["id"], "83a33220-a921-460a-bec0-b3f043dcf1ff", "the invocation's");
    assert_eq!((&seen[0]["item"]["time"], &seen[0]["item"]["body"]), (&Value::Null, &json!(lie)));
    for lax in ["{Id: 'other'}", "{'Id': 'other'}", "{\"Id\":\"other\"/**/}"] {
        let seen = served.saw("queue", &json!({"message": wrapped(lax)}), &metadata).await;
        assert_eq!(seen[0]["id"], Value::Null, "{lax}");
    }
    let mut metadata = service_bus();
    metadata["MessageId"] = wrapped("other");
    let seen = served.saw("queue", &json!({"message": wrapped("{\"messageId\":\"other\"}")}), &metadata).await;
    assert_eq!(seen[0]["id"], "17", "the number that Service Bus gave it");
    let mut metadata = event_hub();
    metadata["SequenceNumber"] = wrapped("1");
    let seen = served.saw("stream", &json!({"record": wrapped("{\"sequencenumber\":1}")}), &metadata).await;
    assert_eq!((&seen[0]["id"], &seen[0]["item"]["sequence"]), (&json!("clicks/3@42"), &json!("42")));
}

#[tokio::test]
async fn a_payload_does_not_choose_its_attributes() {
    let served = Served::started().await;
    let mut metadata = service_bus();
    metadata["ApplicationProperties"] = json!({"region": "eu"});
    metadata["UserProperties"] = json!({"region": "asia"});
    let lie = json!({"ApplicationProperties": {"region": "eu"}});
    assert_eq!(served.saw("topic", &json!({"message": wrapped(lie.to_string())}), &metadata).await, [] as [Value; 0]);
    let both = json!({"ApplicationProperties": {"region": "eu"}, "userproperties": {"region": "eu"}});
    let answer = served.invoke("topic", &json!({"message": wrapped(both.to_string())}), &metadata).await;
    assert!(
        answer.status == 400 && answer.body.contains("the payload hides `Metadata.ApplicationProperties`"),
        "{answer:?}"
    );
    assert_eq!(ran(&served), [] as [Value; 0]);
    let seen = served.saw("queue", &json!({"message": wrapped(both.to_string())}), &metadata).await;
    assert_eq!(seen[0]["item"]["attributes"], json!({}));
}

#[tokio::test]
async fn content_does_not_choose_which_blob_it_is() {
    let served = Served::started().await;
    let metadata = json!({"Uri": "\"https://shop.blob.core.windows.net/uploads/a.csv\"", "name": "\"victim.csv\""});
    let lie = |content: &Value| json!({"blob": wrapped(content.to_string())});
    let seen = served.saw("blob", &lie(&json!({"name": "victim.csv"})), &metadata).await;
    assert_eq!(seen[0]["item"]["key"], "a.csv");
    let answer = served.invoke("blob", &lie(&json!({"name": "victim.csv", "uri": "x"})), &metadata).await;
    assert!(
        answer.status == 400 && answer.body.contains("the content hides `Metadata.Uri` and `Metadata.name`"),
        "{answer:?}"
    );
    // Content that looks like an event is content.
    let event = grid(
        "Microsoft.Storage.BlobDeleted",
        "/blobServices/default/containers/uploads/blobs/victim.csv",
        &blob_data(),
    );
    let seen = served.saw("blob", &lie(&event), &metadata).await;
    assert_eq!((&seen[0]["item"]["key"], &seen[0]["item"]["event"]), (&json!("a.csv"), &json!("Created")));
    let message = served.invoke("topic", &json!({"message": wrapped(event.to_string())}), &json!({})).await;
    assert_eq!(message.status, 400, "nor is a message an event");
    let hides_all = json!({"LockToken": 1, "SequenceNumber": 1, "DeliveryCount": 1, "region": "asia"});
    let answer = served.invoke("topic", &json!({"message": wrapped(hides_all.to_string())}), &service_bus()).await;
    assert!(answer.is_success(), "{answer:?}");
    assert_eq!(ran(&served), ["topic"], "its attributes are not hidden");
    assert_eq!(ran(&served), [] as [Value; 0]);
}

#[tokio::test]
async fn a_body_may_be_so_large_and_no_larger() {
    let served = Served::started().await;
    let head = |length: usize| {
        format!("POST /queue HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n")
    };
    assert_eq!(served.send(head(104_857_601).as_bytes()).await.status, 413);
    let chunk = "a".repeat(1 << 20);
    let mut request =
        b"POST /queue HTTP/1.1\r\nhost: 127.0.0.1\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n".to_vec();
    for _ in 0..101 {
        request.extend_from_slice(format!("{:x}\r\n{chunk}\r\n", chunk.len()).as_bytes());
    }
    request.extend_from_slice(b"0\r\n\r\n");
    // A server that answers before it has read all may reset the connection, and the answer with it.
    let answer = served.send(&request).await;
    assert!([413, 0].contains(&answer.status), "{answer:?}");
    let large = invocation(&json!({"message": wrapped("x".repeat(5 << 20))}), &storage());
    assert!(served.invoke_with("/queue", "", &large).await.is_success());
}
