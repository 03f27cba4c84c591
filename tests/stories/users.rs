//! What somebody does with the example `users`, the same on every provider.

use serde_json::{Value, json};

/// Calls the program: a method, a path, and a body of JSON; the status and the body of the answer.
pub(crate) fn tell(call: impl Fn(&str, &str, Option<&str>) -> (u16, String)) {
    assert_eq!(call("GET", "/health", None), (200, "ok".into()));
    assert_eq!(call("GET", "/users", None), (200, "[]".into()));
    let (status, user) = call("POST", "/users", Some(r#"{"username":"ada","email":"ada@example.com"}"#));
    let user: Value = serde_json::from_str(&user).expect("JSON");
    assert_eq!((status, &user["id"], &user["username"]), (201, &json!(1), &json!("ada")));
    let (status, found) = call("GET", "/users/1", None);
    assert_eq!((status, serde_json::from_str::<Value>(&found).expect("JSON")), (200, user));
    for body in [r#"{"username":"","email":"x"}"#, r#"{"username":"x","email":" "}"#, "{}", "not json"] {
        let (status, problem) = call("POST", "/users", Some(body));
        let problem: Value = serde_json::from_str(&problem).expect("JSON");
        assert_eq!((status, &problem["status"]), (400, &json!(400)), "{body}");
        assert!(problem["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{body}");
    }
    assert_eq!(call("GET", "/users/2", None).0, 404);
    let (status, problem) = call("GET", "/users/ada%20b", None);
    assert_eq!(status, 400);
    assert!(problem.contains("`id` cannot be \\\"ada b\\\""), "{problem}");
}
