//! The protocol: versions of HTTP, connections, paths, methods.

use std::thread;

use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tusk_fn::Bytes;

use super::{probe, served};

#[test]
fn a_connection_is_kept_alive() {
    let program = served();
    let mut connection = program.connect();
    for _ in 0..3 {
        let response = connection.request("GET", "/hello", &[], b"");
        assert_eq!((response.status, response.text()), (200, "hello"));
    }
    let response = connection.request("GET", "/hello", &[("connection", "close")], b"");
    assert_eq!(response.header("connection"), Some("close"));
    connection.expect_end();
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let program = served();
    let mut connection = program.connect();
    let requests = (0..20).map(|number| format!("GET /number/{number} HTTP/1.1\r\nhost: x\r\n\r\n"));
    connection.send(requests.collect::<String>());
    for number in 0..20 {
        assert_eq!(connection.response().text(), number.to_string());
    }
}

#[test]
fn http_1_0_is_answered_and_the_connection_closed() {
    let program = served();
    let mut connection = program.connect();
    connection.send("GET /hello HTTP/1.0\r\n\r\n");
    let response = connection.response();
    assert_eq!((response.status, response.text()), (200, "hello"));
    connection.expect_end();
    // A streamed body has no chunks there: its end is the connection's.
    let mut connection = program.connect();
    connection.send("GET /body/ends HTTP/1.0\r\n\r\n");
    let response = connection.response();
    assert_eq!((response.header("transfer-encoding"), response.text()), (None, "begun"));
}

#[test]
fn http_2_without_tls_is_answered() {
    let program = served();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let stream = tokio::net::TcpStream::connect(program.http).await.unwrap();
        let (mut client, connection) =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        let mut send = |method: &str, path: &str, body: Vec<u8>| {
            let uri = format!("http://{}{path}", program.http);
            let request = ::http::Request::builder().method(method).uri(uri).body(Full::<Bytes>::from(body)).unwrap();
            let answer = client.send_request(request);
            async {
                let (parts, body) = answer.await.unwrap().into_parts();
                (parts.status.as_u16(), body.collect().await.unwrap().to_bytes())
            }
        };
        // One connection, several requests at once: the one that waits keeps nobody waiting.
        let waiting = send("GET", "/wait", Vec::new());
        assert_eq!(send("GET", "/hello", Vec::new()).await, (200, "hello".into()));
        assert_eq!(send("GET", "/panic/later", Vec::new()).await.0, 500);
        assert_eq!(send("POST", "/small/bytes", vec![0; 1024]).await, (200, "1024".into()));
        assert_eq!(send("POST", "/small/bytes", vec![0; 1025]).await.0, 413);
        let large = vec![7; 6 << 20];
        assert_eq!(send("POST", "/large", large.clone()).await, (200, large.into()));
        assert_eq!(send("GET", "/release", Vec::new()).await.0, 200);
        assert_eq!(waiting.await, (200, "waited".into()));
    });
}

#[test]
fn head_has_the_headers_of_get_and_no_body() {
    let program = served();
    let mut connection = program.connect();
    let response = connection.request("HEAD", "/hello", &[], b"");
    assert_eq!((response.status, response.header("content-length")), (200, Some("5")));
    // Had there been a body, it would be read as the next response.
    assert_eq!(connection.request("GET", "/hello", &[], b"").text(), "hello");
    assert_eq!(connection.request("HEAD", "/nothing", &[], b"").status, 404);
    assert_eq!(connection.request("GET", "/hello", &[], b"").text(), "hello");
}

#[test]
fn parameters_are_percent_decoded_once() {
    let program = served();
    let mut connection = program.connect();
    let mut get = |path: &str| {
        let response = connection.request("GET", path, &[], b"");
        (response.status, String::from_utf8(response.body).unwrap())
    };
    let cases = [
        ("/text/a%2Fb", "a/b"),
        ("/text/a%252Fb", "a%2Fb"),
        ("/text/stra%C3%9Fe", "straße"),
        ("/text/a+b%20c", "a+b c"),
        ("/text/%00", "\0"),
        ("/text/100%", "100%"),
        ("/text/%zz", "%zz"),
        ("/text/a?b=c#d", "a"),
        ("/text/..", ".."),
        ("/te%78t/literal", "literal"),
        ("/number/%37", "7"),
        ("/optional", "none"),
        ("/optional/7", "7"),
        ("/rest", ""),
        ("/rest/", ""),
        ("/rest/a/b/c", "a/b/c"),
        ("/rest/a//b/", "a//b/"),
        ("/rest/a%2Fb", "a/b"),
        ("/pair/1/2", "a=1 b=2"),
        ("/query?number=7", "7"),
        ("http://elsewhere.example/text/absolute", "absolute"),
    ];
    for (path, expected) in cases {
        assert_eq!(get(path), (200, expected.to_owned()), "{path}");
    }
    for path in ["/optional/", "/optional/7/8", "/text/", "/text", "/pair/1", "/Hello", "/hello/", "//hello"] {
        assert_eq!(get(path).0, 404, "{path}");
    }
}

#[test]
fn a_parameter_that_cannot_be_read_is_named() {
    let program = served();
    for (path, detail) in [
        ("/number/300", "the path parameter `number` cannot be \"300\""),
        ("/number/%0a", "the path parameter `number` cannot be \"\\n\""),
        ("/optional/x", "the path parameter `number` cannot be \"x\""),
        ("/text/%ff", "the path parameter `text` is not UTF-8"),
        ("/rest/a/%C3/b", "the path parameter `path` is not UTF-8"),
        ("/query", "the query is not as expected: missing field `number`"),
        ("/query?number=x", "the query is not as expected: invalid digit found in string"),
    ] {
        let response = program.get(path);
        assert_eq!((response.status, &*response.detail()), (400, detail), "{path}");
    }
    // A long one is not echoed in full.
    let response = program.get(&format!("/number/{}", "9".repeat(10_000)));
    assert_eq!(response.status, 400);
    assert!(response.detail().len() < 200, "{}", response.detail());
}

#[test]
fn an_unknown_path_is_answered_with_the_nearest_routes() {
    let program = served();
    let response = program.get("/helo");
    assert_eq!(response.status, 404);
    let detail = response.detail();
    assert!(detail.starts_with("no route matches; the nearest are GET /hello, "), "{detail}");
    let detail = program.get("/pair/x").detail();
    assert!(detail.contains("GET /pair/<a>/<b>"), "{detail}");
}

#[test]
fn a_wrong_method_is_answered_with_the_right_ones() {
    let program = served();
    for (method, path, allowed) in [
        ("POST", "/hello", "GET, HEAD"),
        ("GET", "/orders", "POST"),
        ("OPTIONS", "/orders", "POST"),
        ("BREW", "/hello", "GET, HEAD"),
    ] {
        let response = program.request(method, path, &[], b"");
        assert_eq!((response.status, response.header("allow")), (405, Some(allowed)), "{method} {path}");
        assert_eq!(response.detail(), format!("this path answers {allowed}"));
    }
}

#[test]
fn the_exact_method_comes_before_any() {
    let program = served();
    assert_eq!(program.request("PUT", "/any", &[], b"").text(), "exact");
    assert_eq!(program.request("DELETE", "/any", &[], b"").text(), "DELETE /any");
    assert_eq!(program.request("BREW", "/any", &[], b"").text(), "BREW /any");
}

#[test]
fn what_is_no_request_is_refused_and_the_program_goes_on() {
    let program = served();
    let long = "x".repeat(1 << 20);
    let many = "h: x\r\n".repeat(1000);
    let cases = [
        ("\x16\x03\x01\x02\x00\x01\x00 a TLS client\r\n\r\n".to_owned(), 400),
        ("GET /hello HTTP/9.9\r\n\r\n".to_owned(), 400),
        ("GET /hel lo HTTP/1.1\r\n\r\n".to_owned(), 400),
        ("GET /hello HTTP/1.1\r\nbad header\r\n\r\n".to_owned(), 400),
        ("POST /default HTTP/1.1\r\nhost: x\r\ncontent-length: x\r\n\r\n".to_owned(), 400),
        ("POST /default HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n".to_owned(), 400),
        (format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", &long[..70_000]), 414),
        (format!("GET /{long} HTTP/1.1\r\nhost: x\r\n\r\n"), 431),
        (format!("GET /hello HTTP/1.1\r\nx: {long}\r\n\r\n"), 431),
        (format!("GET /hello HTTP/1.1\r\n{many}\r\n"), 431),
    ];
    for (request, status) in cases {
        let mut connection = program.connect();
        // Part of it may not be taken any more.
        connection.send_some(&request);
        let shown = &request[..request.len().min(60)];
        if let Some(response) = connection.try_response("GET") {
            assert_eq!(response.status, status, "{shown:?}");
        } else {
            // Bytes that nobody read reset the connection, and the answer with it.
            assert!(request.len() > 100_000, "no answer to {shown:?}");
        }
    }
    // The preface of HTTP/2, and then nonsense.
    let mut connection = program.connect();
    connection.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nnonsense, and more than one frame's head of it");
    assert!(!connection.rest().starts_with(b"HTTP/1.1"));
    assert_eq!(program.get("/hello").status, 200);
}

#[test]
fn a_client_that_stays_silent_keeps_nobody_waiting() {
    let program = served();
    let mut silent: Vec<_> = (0..50).map(|_| program.connect()).collect();
    for (number, connection) in silent.iter_mut().enumerate() {
        connection.send(&b"GET /hello HTTP/1.1\r\nhost: x\r\n"[..number % 30]);
    }
    assert_eq!(program.get("/hello").status, 200);
}

#[test]
fn a_client_that_goes_away_ends_its_invocation() {
    let program = served();
    let mut connection = program.connect();
    connection.send("GET /wait HTTP/1.1\r\nhost: x\r\n\r\n");
    program.wait_for_event("wait began");
    assert_eq!(program.metrics("wait")["duration"]["count"], 0);
    connection.close();
    program.wait_for_event("wait dropped");
    assert!(!program.events().contains(&"wait ended".to_owned()));
    let metrics = program.metrics("wait");
    assert_eq!((&metrics["invocations"], &metrics["errors"]), (&1.into(), &1.into()), "{metrics}");
    assert_eq!(metrics["duration"]["count"], 1);
}

#[test]
fn a_client_that_goes_away_in_the_middle_of_its_body_is_survived() {
    let program = served();
    for path in ["/default", "/small/bytes", "/unread", "/nothing"] {
        let mut connection = program.connect();
        connection.send(format!("POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nhalf"));
        connection.close();
    }
    assert_eq!(program.get("/hello").status, 200);
}

#[test]
fn the_context_knows_the_invocation() {
    let program = probe().env("TUSK_FN", "context").serve();
    let trace = ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    let first = program.request("GET", "/context", &[trace], b"").json();
    assert_eq!(first, serde_json::json!(["context", "true", trace.1, "true"]));
    assert_eq!(program.get("/context").json()[1], "false");
    assert_eq!(program.metrics("context")["cold_starts"], 1);
}

#[test]
fn clients_at_once_get_their_own_answers() {
    let program = served();
    thread::scope(|scope| {
        for client in 0..16 {
            let program = &program;
            scope.spawn(move || {
                let mut connection = program.connect();
                for request in 0..50 {
                    let text = format!("{client}-{request}");
                    assert_eq!(connection.request("GET", &format!("/text/{text}"), &[], b"").text(), text);
                }
            });
        }
    });
    assert_eq!(program.metrics("text")["invocations"], 800);
}
