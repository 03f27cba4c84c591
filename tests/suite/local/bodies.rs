//! Bodies: JSON, limits, lengths, and clients that send them slowly.

use super::served;
use crate::support::{Connection, Program, head};

const JSON: (&str, &str) = ("content-type", "application/json");

/// Sends a body in chunks, as far as the server takes it.
fn chunked(connection: &mut Connection, path: &str, headers: &[(&str, &str)], body: &[u8]) {
    let mut all = vec![("transfer-encoding", "chunked")];
    all.extend_from_slice(headers);
    connection.send(head("POST", path, &all, 0));
    for chunk in body.chunks(16 * 1024) {
        let taken = connection.send_some([format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat());
        if !taken {
            return;
        }
    }
    connection.send_some("0\r\n\r\n");
}

#[test]
fn json_is_read_and_written() {
    let program = served();
    for kind in ["application/json", "Application/JSON; charset=utf-8", "application/vnd.order+json"] {
        let response = program.request("POST", "/orders", &[("content-type", kind)], br#"{"item":"tea","count":2}"#);
        assert_eq!((response.status, response.text()), (200, r#"{"item":"tea","count":2}"#), "{kind}");
        assert_eq!(response.header("content-type"), Some("application/json"));
    }
}

#[test]
fn a_body_that_is_not_as_expected_is_refused_with_the_reason() {
    let program = served();
    let cases: [(&[u8], &str); 6] = [
        (b"", "EOF while parsing a value"),
        (b"{", "EOF while parsing an object"),
        (br#"{"item":"tea"}"#, "missing field `count`"),
        (br#"{"item":"tea","count":-1}"#, "invalid value: integer `-1`, expected u32"),
        (b"\xff\xfe", "expected value"),
        (br#"{"item":"tea","count":2} and more"#, "trailing characters"),
    ];
    for (body, reason) in cases {
        let response = program.request("POST", "/orders", &[JSON], body);
        assert_eq!(response.status, 400);
        let detail = response.detail();
        assert!(detail.starts_with("the body is not as expected: ") && detail.contains(reason), "{detail}");
    }
    let deep = "[".repeat(200_000);
    assert_eq!(program.request("POST", "/orders", &[JSON], deep.as_bytes()).status, 400);
}

#[test]
fn a_body_of_another_type_is_refused() {
    let program = served();
    let body = br#"{"item":"tea","count":2}"#;
    for headers in [&[][..], &[("content-type", "text/plain")], &[("content-type", "application/+json")]] {
        let response = program.request("POST", "/orders", headers, body);
        assert_eq!(response.status, 415);
        assert_eq!(response.detail(), "the body must be JSON: send `content-type: application/json`");
    }
}

/// What a limit of 1 KB does for each way to read a body: the largest body passes, one byte more does not.
#[test]
fn the_limit_holds_for_each_way_to_read_a_body() {
    let program = served();
    for (path, before, after) in [("bytes", "", ""), ("text", "", ""), ("json", "\"", "\""), ("raw", "", "")] {
        let path = format!("/small/{path}");
        let body = |length: usize| {
            let inside = "x".repeat(length - before.len() - after.len());
            format!("{before}{inside}{after}").into_bytes()
        };
        let response = program.request("POST", &path, &[JSON], &body(1000));
        assert_eq!(response.status, 200, "{path}: {response:?}");
        let response = program.request("POST", &path, &[JSON], &body(1025));
        assert_eq!((response.status, &*response.detail()), (413, "the body has more than 1024 bytes"), "{path}");

        let mut connection = program.connect();
        chunked(&mut connection, &path, &[JSON], &body(1024));
        assert_eq!(connection.response().status, 200, "{path}");
        let mut connection = program.connect();
        chunked(&mut connection, &path, &[JSON], &body(1025));
        // Who reads the body himself decides himself.
        let expected = if path.ends_with("raw") { 418 } else { 413 };
        assert_eq!(connection.response().status, expected, "{path}");
    }
}

#[test]
fn a_body_that_is_announced_too_large_is_refused_before_it_is_sent() {
    let program = served();
    let mut connection = program.connect();
    connection.send(head("POST", "/default", &[], (1 << 20) + 1));
    let response = connection.response();
    assert_eq!((response.status, &*response.detail()), (413, "the body has more than 1048576 bytes"));
    let mut connection = program.connect();
    connection.send("POST /default HTTP/1.1\r\nhost: x\r\ncontent-length: 18446744073709551615\r\n\r\n");
    assert_eq!(connection.response().status, 431);
    assert_eq!(program.metrics("default-limit")["invocations"], 0);
}

#[test]
fn an_endless_body_is_cut_at_the_limit() {
    let program = served();
    let mut connection = program.connect();
    connection.send(head("POST", "/default", &[("transfer-encoding", "chunked")], 0));
    let chunk = [b"10000\r\n".as_slice(), &vec![b'x'; 0x10000], b"\r\n"].concat();
    // Nobody takes it for ever: the server answers and closes.
    let taken = (0..10_000).take_while(|_| connection.send_some(&chunk)).count();
    assert!(taken < 10_000);
    assert_eq!(program.get("/hello").status, 200);
    assert_eq!(program.metrics("default-limit")["invocations"], 1);
}

#[test]
fn six_megabytes_go_in_and_out() {
    let program = served();
    let body: Vec<u8> = (0..6 << 20).map(|at: u32| at.to_le_bytes()[at as usize % 3]).collect();
    let response = program.request("POST", "/large", &[], &body);
    assert_eq!(response.status, 200);
    assert!(response.body == body, "the body came back as another one");
    let mut connection = program.connect();
    chunked(&mut connection, "/large", &[], &body);
    assert!(connection.response().body == body, "the chunked body came back as another one");
    assert_eq!(announced(&program, "/large", (8 << 20) + 1), 413);
}

fn announced(program: &Program, path: &str, length: usize) -> u16 {
    let mut connection = program.connect();
    connection.send(head("POST", path, &[], length));
    connection.response().status
}

#[test]
fn a_client_that_asks_first_is_told_to_go_on() {
    let program = served();
    let mut connection = program.connect();
    connection.send(head("POST", "/default", &[("expect", "100-continue")], 5));
    assert_eq!(connection.head().unwrap().0, 100);
    connection.send("hello");
    assert_eq!(connection.response().text(), "5");
    // Nobody wants this body: the answer comes instead.
    for (path, status) in [("/unread", 200), ("/nothing", 404), ("/hello", 405), ("/default", 413)] {
        let mut connection = program.connect();
        connection.send(head("POST", path, &[("expect", "100-continue")], 2 << 20));
        let expected = if path == "/unread" { 413 } else { status };
        assert_eq!(connection.response().status, expected, "{path}");
    }
}

#[test]
fn a_body_that_comes_in_drops_is_waited_for() {
    let program = served();
    let mut connection = program.connect();
    connection.send(head("POST", "/default", &[], 10));
    for _ in 0..10 {
        std::thread::sleep(std::time::Duration::from_millis(5));
        connection.send("x");
    }
    assert_eq!(connection.response().text(), "10");
}

#[test]
fn a_body_that_nobody_reads_does_not_confuse_the_next_request() {
    let program = served();
    let mut connection = program.connect();
    let smuggled = b"GET /hello HTTP/1.1\r\nhost: x\r\n\r\n";
    let response = connection.request("POST", "/unread", &[], smuggled);
    assert_eq!(response.text(), "not read");
    // Either the rest is skipped, or the connection ends; never is it a request.
    connection.send_some("GET /number/7 HTTP/1.1\r\nhost: x\r\n\r\n");
    if let Some(response) = connection.try_response("GET") {
        assert_eq!(response.text(), "7");
    }
    assert_eq!(program.metrics("hello")["invocations"], 0);
}
