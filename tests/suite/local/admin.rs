//! The admin API: who may use it, and what it gives.

use serde_json::json;

use super::{clock, probe, served};
use crate::support::{Connection, Program, Response};

fn ask(program: &Program, method: &str, path: &str, headers: &[(&str, &str)]) -> Response {
    Connection::to(program.admin).request(method, path, headers, b"")
}

#[test]
fn only_who_has_the_token_is_answered() {
    let program = served();
    let (right, wrong) = (format!("Bearer {}", program.token), format!("Bearer {}", "0".repeat(32)));
    assert_eq!(program.token.len(), 32);
    for (credential, status) in [
        (Some(&*right), 200),
        (Some(&*right.replace("Bearer", "bearer")), 200),
        (None, 401),
        (Some(&*wrong), 401),
        (Some(&*program.token), 401),
        (Some(&right[..right.len() - 1]), 401),
        (Some(&*format!("{right}0")), 401),
        (Some("Bearer "), 401),
        (Some("Bearer"), 401),
    ] {
        for path in ["/functions", "/metrics"] {
            let headers: Vec<_> = credential.iter().map(|credential| ("authorization", *credential)).collect();
            assert_eq!(ask(&program, "GET", path, &headers).status, status, "{credential:?}");
        }
    }
    assert_eq!(ask(&program, "POST", "/functions/hello/invoke", &[]).status, 401);
    assert_eq!(ask(&program, "GET", "/not-there", &[]).status, 401);
    assert_eq!(program.metrics("hello")["invocations"], 0);
}

#[test]
fn each_process_has_its_own_token() {
    assert_ne!(served().token, served().token);
}

/// A page whose name leads to 127.0.0.1 since a moment ago: the browser sends that name as `Host`.
#[test]
fn a_rebound_host_is_refused_even_with_the_token() {
    let program = served();
    let token = format!("Bearer {}", program.token);
    let port = program.admin.port();
    for (host, status) in [
        (format!("127.0.0.1:{port}"), 200),
        (format!("localhost:{port}"), 200),
        ("localhost".to_owned(), 200),
        (format!("evil.example:{port}"), 403),
        (format!("127.0.0.1.evil.example:{port}"), 403),
        (format!("localhost.evil.example:{port}"), 403),
        ("0.0.0.0".to_owned(), 403),
        (String::new(), 403),
    ] {
        let response = ask(&program, "GET", "/functions", &[("authorization", &token), ("host", &host)]);
        assert_eq!(response.status, status, "{host:?}");
    }
    let mut connection = Connection::to(program.admin);
    connection.send(format!("GET /functions HTTP/1.1\r\nauthorization: {token}\r\n\r\n"));
    assert_eq!(connection.response().status, 403);
}

#[test]
fn a_web_page_is_refused() {
    let program = served();
    let token = format!("Bearer {}", program.token);
    for origin in ["https://evil.example", "null", "http://127.0.0.1:8080", "http://localhost"] {
        let response = ask(&program, "GET", "/functions", &[("authorization", &token), ("origin", origin)]);
        assert_eq!(response.status, 403, "{origin}");
        let preflight = [
            ("origin", origin),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "authorization"),
        ];
        let response = ask(&program, "OPTIONS", "/functions/hello/invoke", &preflight);
        assert_eq!(response.status, 403, "{origin}");
        assert!(!response.headers.keys().any(|name| name.starts_with("access-control-")), "{response:?}");
    }
    // What a page may send without asking first: a form.
    let form = [("origin", "https://evil.example"), ("content-type", "text/plain")];
    assert_eq!(ask(&program, "POST", "/functions/hello/invoke", &form).status, 403);
    assert_eq!(program.metrics("hello")["invocations"], 0);
}

#[test]
fn it_is_not_reachable_through_the_public_port() {
    let program = served();
    let token = format!("Bearer {}", program.token);
    for path in ["/functions", "/metrics", "/functions/hello/invoke"] {
        assert_eq!(program.request("GET", path, &[("authorization", &token)], b"").status, 404);
    }
}

#[test]
fn a_wrong_method_or_path_is_told_the_right_one() {
    let program = served();
    for (method, path, allowed) in
        [("POST", "/functions", "GET"), ("DELETE", "/metrics", "GET"), ("GET", "/functions/hello/invoke", "POST")]
    {
        let response = program.admin(method, path, "");
        assert_eq!((response.status, response.header("allow")), (405, Some(allowed)), "{method} {path}");
    }
    for path in ["/", "/function", "/functions/hello", "/functions/hello/invoke/again"] {
        let response = program.admin("GET", path, "");
        assert_eq!(response.status, 404, "{path}");
        assert!(response.detail().contains("POST /functions/NAME/invoke"));
    }
}

#[test]
fn the_functions_are_listed_with_their_configuration() {
    let program = probe().env("TUSK_FN", "large,hang").serve();
    let functions = program.admin("GET", "/functions", "").json();
    let names: Vec<&str> = functions.as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["hang", "large"]);
    assert_eq!(functions[1]["trigger"]["route"], "large");
    assert_eq!(functions[1]["trigger"]["methods"], json!(["POST"]));
    assert_eq!(functions[1]["trigger"]["body_limit"], 8 << 20);
}

fn invoke(program: &Program, name: &str, body: &str) -> (u16, serde_json::Value) {
    let response = program.admin("POST", &format!("/functions/{name}/invoke"), body);
    (response.status, response.json())
}

fn refused(program: &Program, name: &str, body: &str) -> (u16, String) {
    let response = program.admin("POST", &format!("/functions/{name}/invoke"), body);
    (response.status, response.detail())
}

#[test]
fn an_http_function_is_invoked_by_its_name() {
    let program = served();
    let (status, answer) = invoke(&program, "hello", "");
    assert_eq!(status, 200);
    assert_eq!((&answer["status"], &answer["body"]), (&200.into(), &"hello".into()));
    let (_, answer) = invoke(&program, "order", r#"{"body": {"item": "tea", "count": 2}}"#);
    assert_eq!(answer["body"], json!({"item": "tea", "count": 2}));
    let (_, answer) = invoke(&program, "text", r#"{"path": "/text/a%20b"}"#);
    assert_eq!(answer["body"], "a b");
    let request = r#"{"method": "DELETE", "path": "/any", "headers": {"x-test": "1"}, "body": "text"}"#;
    assert_eq!(invoke(&program, "any", request).1["body"], "DELETE /any");
    // Parameters that may be left out are.
    assert_eq!(invoke(&program, "optional", "").1["body"], "none");
    assert_eq!(invoke(&program, "rest", "").1["body"], "");
    // It answered: that is no failure of the invocation.
    let (status, answer) = invoke(&program, "at-once", "");
    assert_eq!((status, &answer["status"]), (200, &500.into()));
    assert_eq!(program.metrics("at-once")["errors"], 1);
}

#[test]
fn a_payload_that_does_not_fit_is_refused_with_what_to_send() {
    let program = served();
    for (name, body, detail) in [
        ("text", "", "`text` answers the paths `/text/<text>`: a request must name one of them"),
        ("text", r#"{"path": "text/a"}"#, "the path is \"text/a\", and must begin with `/`"),
        ("text", r#"{"path": ""}"#, "the path is \"\", and must begin with `/`"),
        ("text", r#"{"path": "/hello"}"#, "GET /hello does not lead to `text`"),
        ("hello", r#"{"method": "POST"}"#, "POST /hello does not lead to `hello`"),
        ("hello", r#"{"method": "A B"}"#, "this is no request: invalid HTTP method"),
        ("hello", r#"{"headers": {"a b": "c"}}"#, "this is no request: invalid HTTP header name"),
        ("hello", "{", "an HTTP function takes `method`, `path`, `headers` and `body`, all optional: "),
        ("hello", r#"{"pth": "/"}"#, "an HTTP function takes `method`, `path`, `headers` and `body`, all optional: "),
    ] {
        let (status, found) = refused(&program, name, body);
        assert_eq!(status, 400, "{name} {body}");
        assert!(found.starts_with(detail), "{name} {body}: {found}");
    }
    let program = clock().env("TUSK_FN", "told").serve();
    for body in ["{}", "[]", r#"{"scheduled_at": "yesterday"}"#, r#"{"scheduled_at": 7}"#, r#"{"path": "/"}"#] {
        let (status, found) = refused(&program, "told", body);
        assert_eq!(status, 400, "{body}");
        assert!(found.starts_with("a timer takes `{\"scheduled_at\": \"2026-01-31T12:00:00Z\"}`"), "{found}");
    }
    assert_eq!(program.metrics("told")["invocations"], 0);
}

#[test]
fn a_name_that_is_not_there_is_told_apart_from_a_failure() {
    let program = clock().env("TUSK_FN", "failing,panics,endless").serve();
    assert_eq!(refused(&program, "faling", ""), (404, "there is no function `faling`; did you mean `failing`?".into()));
    assert_eq!(refused(&program, "xyz", "{"), (404, "there is no function `xyz`".into()));
    for (name, failure) in [
        ("failing", "ParseIntError: invalid digit found in string"),
        ("panics", "Panic: on purpose"),
        ("endless", "InvocationTimedOut: the function did not end within 100ms"),
    ] {
        assert_eq!(refused(&program, name, ""), (502, format!("the function failed: {failure}")));
        assert_eq!(program.metrics(name)["errors"], 1);
    }
}

#[test]
fn everything_that_ends_is_counted() {
    let program = served();
    for path in ["/hello", "/hello", "/fail/typed", "/number/300", "/nothing"] {
        program.get(path);
    }
    let hello = program.metrics("hello");
    assert_eq!((&hello["invocations"], &hello["errors"]), (&2.into(), &0.into()));
    assert_eq!(hello["cold_starts"], 1);
    let typed = program.metrics("typed");
    assert_eq!((&typed["invocations"], &typed["errors"], &typed["cold_starts"]), (&1.into(), &1.into(), &0.into()));
    // The caller's mistake is none of the function's.
    let number = program.metrics("number");
    assert_eq!((&number["invocations"], &number["errors"]), (&1.into(), &0.into()));
    let duration = &hello["duration"];
    let buckets = duration["buckets"].as_array().unwrap();
    assert_eq!(buckets.iter().map(|it| it["count"].as_u64().unwrap()).sum::<u64>(), 2, "{duration}");
    assert_eq!(duration["count"], 2);
    assert!(duration["sum_micros"].as_u64().unwrap() > 0);
}
