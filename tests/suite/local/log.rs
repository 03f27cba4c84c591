//! The log: what is in it, and what never is.

use super::{probe, served};

#[test]
fn each_invocation_has_a_line_while_developing() {
    let mut program = served();
    program.get("/hello");
    program.get("/number/300");
    program.get("/hang");
    for (function, outcome) in [("hello", "200"), ("number", "400"), ("hang", "InvocationTimedOut")] {
        let log = program.wait_for(&format!("outcome={outcome}"));
        let line = log.lines().find(|line| line.contains(&format!("outcome={outcome}"))).unwrap();
        assert!(line.contains("DEBUG") && line.contains(&format!(" {function}/")), "{line}");
    }
}

#[test]
fn a_filter_is_obeyed() {
    let mut program = probe().env("RUST_LOG", "error").serve();
    program.get("/hello");
    program.get("/panic/at-once");
    program.wait_for("Panic: ");
    let log = program.stop();
    assert!(!log.contains("invocation ended"), "{log}");
}

#[test]
fn a_filter_that_cannot_be_read_is_said_and_ignored() {
    let mut program = probe().env("RUST_LOG", "info,,=x=y").serve();
    let log = program.wait_for("WARN");
    assert!(log.contains("`RUST_LOG` is \"info,,=x=y\", which cannot be read ("), "{log}");
    assert!(log.contains("write a level or pairs, such as `info,my_crate=debug`"), "{log}");
    program.get("/hello");
    program.wait_for("invocation ended");
}

#[test]
fn headers_bodies_and_queries_are_never_logged() {
    let mut program = probe().env("RUST_LOG", "trace").serve();
    let secrets = [
        ("authorization", "Bearer hush-header"),
        ("cookie", "session=hush-cookie"),
        ("content-type", "application/json"),
    ];
    for path in
        ["/orders?token=hush-query", "/default?token=hush-query", "/fail/typed?token=hush-query", "/nothing?hush-query"]
    {
        program.request("POST", path, &secrets, br#"{"item":"hush-body","count":1}"#);
        program.request("POST", path, &secrets, br#"{"item":"hush-body","count":"hush-body"}"#);
        program.request("GET", path, &secrets, b"");
    }
    program.get("/text/hush-path");
    program.admin("POST", "/functions/order/invoke", r#"{"body": {"item": "hush-admin", "count": 1}}"#);
    let log = program.stop();
    assert!(log.contains("invocation ended"), "{log}");
    assert!(!log.contains("hush") && !program.errors().contains("hush"), "{log}");
}

/// `cargo run | head` leaves a program with nobody to print for.
#[test]
fn a_closed_output_harms_nobody() {
    let mut program = probe().env("RUST_LOG", "trace").serve_unheard();
    for _ in 0..3 {
        assert_eq!(program.get("/hello").status, 200);
        assert_eq!(program.get("/fail/typed").status, 500);
    }
    program.signal(rustix::process::Signal::TERM);
    assert_eq!(program.wait().code(), Some(0));
}
