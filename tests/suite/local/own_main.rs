//! A program with its own `main`, and tower layers.

use crate::support::{Program, Starter, head, program};

fn own_main() -> Starter {
    program(env!("CARGO_BIN_EXE_own_main"))
}

fn served() -> Program {
    own_main().arg("hello").serve()
}

const SEEN: Option<&str> = Some("the outer layer");

#[test]
fn it_has_its_own_arguments_state_subscriber_and_hook() {
    let (errors, status) = own_main().fail();
    assert_eq!((&*errors, status.code()), ("usage: own_main WORD\n", Some(2)));
    // The state stands in for an init that would fail.
    let mut program = own_main().arg("salve").serve();
    assert_eq!(program.get("/greeting").text(), "salve");
    let log = program.wait_for("OWN ");
    assert!(log.contains("OWN greeting somebody"), "{log}");
    let log = program.stop();
    assert!(log.ends_with("the hook ran\n"), "{log}");
    assert_eq!(log.matches("greeting somebody").count(), 1, "{log}");
}

#[test]
fn layers_see_every_answer() {
    let program = served();
    for (method, path, status) in
        [("GET", "/greeting", 200), ("GET", "/nothing", 404), ("POST", "/greeting", 405), ("HEAD", "/greeting", 200)]
    {
        let response = program.request(method, path, &[], b"");
        assert_eq!((response.status, response.header("x-seen-by")), (status, SEEN), "{method} {path}");
    }
}

#[test]
fn a_layer_that_misbehaves_is_answered_with_500() {
    let mut program = served();
    for what in ["fails", "panics", "forgets"] {
        let mut connection = program.connect();
        let response = connection.request("GET", "/greeting", &[("x-layer", what)], b"");
        assert_eq!((response.status, response.header("x-seen-by")), (500, SEEN), "{what}");
        assert_eq!(response.detail(), "", "{what}");
        // The connection and the program go on.
        assert_eq!(connection.request("GET", "/greeting", &[], b"").text(), "hello");
    }
    program.wait_for("a layer failed error=secret-layer");
    program.wait_for("a layer failed error=Panic: secret-layer");
    program.wait_for("a layer replaced the request's extensions");
}

#[test]
fn the_limit_of_a_body_holds_behind_layers() {
    let program = served();
    for (path, limit) in [("/small", 1 << 10), ("/large", 4 << 20)] {
        let mut connection = program.connect();
        connection.send(head("POST", path, &[], limit + 1));
        assert_eq!(connection.response().status, 413, "{path}");
        assert_eq!(program.request("POST", path, &[], &vec![b'x'; limit]).status, 200, "{path}");
        for (length, status) in [(limit, 200), (limit + 1, 413)] {
            let mut connection = program.connect();
            connection.send(head("POST", path, &[("transfer-encoding", "chunked")], 0));
            connection.send([format!("{length:x}\r\n").as_bytes(), &vec![b'x'; length]].concat());
            connection.send_some("\r\n0\r\n\r\n");
            assert_eq!(connection.response().status, status, "{path} {length}, in chunks");
        }
    }
}
