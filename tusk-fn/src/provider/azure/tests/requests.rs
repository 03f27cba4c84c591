//! Requests of clients: proxied or forwarded with their whole path, and sent as events.

use serde_json::{Value, json};

use super::support::Served;

#[tokio::test]
async fn a_forwarded_request_is_routed_by_its_own_path() {
    let served = Served::started().await;
    for (target, uri, capture) in [
        ("/api/users/7?x=1", "/users/7?x=1", "7"),
        ("/API/users/a%2Fb", "/users/a%2Fb", "a/b"),
        ("/api/files/a/b", "/files/a/b", "a/b"),
        ("/api/files", "/files", ""),
    ] {
        let request = format!(
            "POST {target} HTTP/1.1\r\nhost: shop.azurewebsites.net\r\nx-forwarded-for: 1.2.3.4\r\n\
             X-Azure-Functions-InvocationId: 83a33220\r\ntraceparent: 00-aa\r\n\
             content-length: 2\r\nconnection: close\r\n\r\nhi"
        );
        let answer = served.send(request.as_bytes()).await;
        assert_eq!((answer.status, &*answer.body), (200, "hi"), "{target}");
        let seen = served.seen();
        assert_eq!((&seen[0]["uri"], &seen[0]["capture"]), (&json!(uri), &json!(capture)));
        assert_eq!((&seen[0]["invocation"], &seen[0]["trace"]), (&json!("83a33220"), &json!("00-aa")));
    }
    for (request, status) in
        [("GET /api/nothing", 404), ("GET /api", 404), ("DELETE /api/files/a", 405), ("GET /nothing", 404)]
    {
        let request = format!("{request} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        assert_eq!(served.send(request.as_bytes()).await.status, status, "{request}");
    }
}

#[tokio::test]
async fn a_request_that_comes_as_an_event_is_answered_by_an_output() {
    let served = Served::started().await;
    let request = |body: &Value, kind: &str| {
        json!({"req": {
            "Url": "https://shop.azurewebsites.net/api/users/a%20b?x=1", "Method": "POST", "Query": {"x": "1"},
            "Headers": {"Content-Type": [kind], "traceparent": ["00-aa"]}, "Params": {"id": "a b"}, "Identities": [],
                "Body": body
        }})
    };
    // By the function's name, and by that of a folder, which stands for the order of routes.
    for name in ["users", "r010-users"] {
        let answer = served.invoke(name, &request(&json!("test"), "text/plain"), &json!({})).await;
        let expected = json!({
            "Outputs": {"res": {"statusCode": "200", "headers": {"content-type": "text/plain", "x-one": "a, b"},
                "body": "test"}},
            "Logs": [], "ReturnValue": null
        });
        assert_eq!((answer.status, answer.json()), (200, expected));
        assert!(answer.head.contains("content-type: application/json\r\n"), "{answer:?}");
        let seen = served.seen();
        assert_eq!(
            (&seen[0]["capture"], &seen[0]["method"], &seen[0]["trace"]),
            (&json!("a b"), &json!("POST"), &json!("00-aa"))
        );
    }
    let answer = served.invoke("users", &request(&json!("aGk="), "application/octet-stream"), &json!({})).await;
    assert_eq!(answer.json()["Outputs"]["res"]["body"], "hi");
    let answer = served.invoke("users", &request(&json!("AP8="), "application/octet-stream"), &json!({})).await;
    assert!(answer.status == 500 && answer.body.contains("the response's body is no text"), "{answer:?}");
    let elsewhere = json!({"req": {"Url": "https://x/api/nothing", "Method": "GET"}});
    let answer = served.invoke("users", &elsewhere, &json!({})).await;
    assert_eq!((answer.status, &answer.json()["Outputs"]["res"]["statusCode"]), (200, &json!("404")));
    for (data, why) in [
        (json!({"req": {"Url": 7, "Method": "GET"}}), "`Data.req.Url` is no text"),
        (json!({"req": {"Method": "GET"}}), "`Data.req.Url` is missing"),
        (json!({"req": "\"x\""}), "`Data.req` cannot be read"),
        (json!({}), "`Data` has the values []"),
    ] {
        let answer = served.invoke("users", &data, &json!({})).await;
        assert!(
            answer.status == 400 && answer.body.contains("the host sent to `users`: ") && answer.body.contains(why),
            "{answer:?}"
        );
    }
}
