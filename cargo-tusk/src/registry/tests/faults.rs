//! What is said when a push goes wrong.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;

use ureq::http::Method;

use super::super::http::Call;
use super::super::url::Url;
use super::*;

/// The fault, and its help, of a registry that answers the requests with this method otherwise.
fn fault(method: &'static str, response: Response) -> (String, String) {
    let open = registry();
    let server = Server::start(move |request| if request.method == method { response.clone() } else { open(request) });
    let error = push(&server.address, None).unwrap_err();
    (error.to_string().replace(&server.address, "HOST"), error.help().unwrap_or_default())
}

#[test]
fn each_answer_has_its_words() {
    let denied = Response::json(403, r#"{"errors": [{"code": "DENIED", "message": "not\u001b[31m yours"}]}"#);
    let unknown = Response::json(404, r#"{"errors": [{"code": "NAME_UNKNOWN", "message": ""}]}"#);
    for (method, response, said, helps) in [
        ("POST", denied, "pushing to `HOST/team/shop` is not allowed: not [31m yours", "right to push"),
        ("POST", unknown, "the registry does not know `HOST/team/shop`: NAME_UNKNOWN", "create it first"),
        ("GET", Response::empty(404), "there is no registry at `HOST`", "REGISTRY/REPOSITORY:TAG"),
        ("GET", Response::empty(503), "`http://HOST/v2/` answered 503", "try again later"),
        ("PUT", Response::empty(413), "the image is too large for `HOST`", "limit"),
        ("HEAD", Response::empty(429), "`HOST` takes no more requests for now", "wait"),
        ("POST", Response::empty(202), "`HOST` does not say where blobs are uploaded to", ""),
        ("POST", Response::empty(202).with("location", "ftp://x/"), "`HOST` does not say where blobs", ""),
        ("POST", Response::empty(307).with("location", "/x"), "the exchange with `HOST` failed", "try again"),
        ("POST", Response::empty(200), "`http://HOST/v2/team/shop/blobs/uploads/` answered 200", ""),
        ("PUT", Response::empty(500), "`http://HOST/v2/team/shop/blobs/uploads/7` answered 500", "try again later"),
    ] {
        let (message, help) = fault(method, response);
        assert!(message.starts_with(said), "{message}");
        assert!(help.contains(helps), "{said}: {help}");
        assert!(!message.contains("_state"), "{message}");
    }
}

#[test]
fn what_was_stored_must_be_what_was_sent() {
    let other = Response::empty(201).with("docker-content-digest", "sha256:00");
    let (message, _) = fault("PUT", other);
    assert!(message.starts_with("the registry stored `sha256:00` where `sha256:"), "{message}");
}

#[test]
fn an_answer_without_an_end_is_not_read() {
    let endless = Response(403, Vec::new(), vec![b' '; 1024 * 1024]);
    let (message, _) = fault("POST", endless);
    assert_eq!(message, "`HOST` answers with more than a registry has to say");
}

#[test]
fn a_long_complaint_is_shortened() {
    let long = Response::json(403, &format!(r#"{{"errors": [{{"message": "{}"}}]}}"#, "x".repeat(10_000)));
    let (message, _) = fault("POST", long);
    assert!(message.len() < 400, "{message}");
}

#[test]
fn nobody_there_is_said() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = listener.local_addr().unwrap().to_string();
    drop(listener);
    let error = push(&host, None).unwrap_err();
    assert!(error.to_string().starts_with(&format!("`{host}` cannot be reached: ")), "{error}");
    assert!(error.help().unwrap().contains("`--push`"));
}

#[test]
fn silence_is_not_waited_for_for_ever() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = listener.local_addr().unwrap().to_string();
    let patience = Patience { answer: Duration::from_millis(50), ..PATIENCE };
    let error = push_with(&host, None, patience).unwrap_err();
    assert_eq!(error.to_string(), format!("`{host}` did not answer in time (the answer)"));
}

#[test]
fn a_server_without_tls_is_said() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut hello = [0; 4096];
        let _ = stream.read(&mut hello).unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
        // Until the client has read that.
        let _ = stream.read(&mut hello);
    });
    let url = Url::parse(&format!("https://{host}/v2/")).unwrap();
    let error =
        Http::new("registry.example.com", false, PATIENCE).send(&Call::new(Method::GET, url), None).unwrap_err();
    assert_eq!(error.to_string(), format!("`{host}` does not speak TLS"));
    assert!(error.help().unwrap().contains("`--insecure`"));
}

/// The address is one that is reserved for documentation (RFC 5737), so that nothing would answer.
#[test]
fn without_tls_only_this_machine_is_spoken_to() {
    let url = Url::parse("http://192.0.2.1/v2/").unwrap();
    let patience = Patience { network: Duration::from_millis(1), ..PATIENCE };
    let sent = |insecure| {
        let http = Http::new("192.0.2.1", insecure, patience);
        http.send(&Call::new(Method::GET, url.clone()), None).unwrap_err()
    };
    assert!(matches!(sent(false), PushError::Plain { .. }));
    assert!(!matches!(sent(true), PushError::Plain { .. }));
}

#[test]
fn a_connection_that_breaks_is_said() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = listener.local_addr().unwrap().to_string();
    thread::spawn(move || listener.incoming().map_while(Result::ok).for_each(drop));
    let error = push(&host, None).unwrap_err();
    assert!(error.to_string().contains(&format!("`{host}`")), "{error}");
    assert!(error.help().is_some(), "{error}");
}
