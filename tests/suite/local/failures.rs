//! Errors, panics and timeouts: what the caller learns, what the log says, and that the program goes on.

use super::served;
use crate::support::Program;

/// That an answer says nothing but that something failed.
fn tells_nothing(program: &Program, path: &str, status: u16) {
    let response = program.get(path);
    assert_eq!(response.status, status, "{path}");
    assert_eq!(response.detail(), "", "{path}");
    assert!(!response.text().contains("secret"), "{path}: {response:?}");
    assert!(!response.headers.values().any(|value| value.contains("secret")), "{path}: {response:?}");
}

fn counted(program: &Program, function: &str) {
    let metrics = program.metrics(function);
    assert_eq!((&metrics["invocations"], &metrics["errors"]), (&1.into(), &1.into()), "{metrics}");
    assert_eq!(metrics["duration"]["count"], 1);
}

#[test]
fn an_error_is_for_the_log_with_its_causes() {
    let mut program = served();
    for (path, function, kind) in [
        ("/fail/typed", "typed", "OuterError: "),
        ("/fail/anyhow", "dynamic", "anyhow::Error: "),
        ("/fail/question-mark", "question-mark", ""),
    ] {
        tells_nothing(&program, path, 500);
        counted(&program, function);
        program.wait_for(&format!(" {function}/"));
        program.wait_for(&format!("{kind}secret-outer: secret-inner"));
    }
    tells_nothing(&program, "/fail/json", 500);
    counted(&program, "json");
    program.wait_for("key must be a string");
}

#[test]
fn a_sentence_for_the_caller_comes_without_its_cause() {
    let mut program = served();
    let response = program.get("/fail/caused-by");
    assert_eq!((response.status, &*response.detail()), (503, "try again"));
    program.wait_for("secret-outer: secret-inner");
    counted(&program, "caused-by");
}

#[test]
fn a_panic_is_answered_with_500_and_the_program_goes_on() {
    let mut program = served();
    for (path, function) in [
        ("/panic/at-once", "at-once"),
        ("/panic/later", "later"),
        ("/panic/drop", "drop"),
        ("/panic/extractor", "extractor"),
        ("/panic/response", "response"),
        ("/panic/value", "value"),
    ] {
        tells_nothing(&program, path, 500);
        counted(&program, function);
        program.wait_for(&format!(" {function}/"));
    }
    let log = program.log();
    assert_eq!(log.matches("Panic: secret-outer: secret-inner").count(), 5, "{log}");
    assert!(log.contains("Panic: a value that is no text"), "{log}");
    assert_eq!(program.get("/hello").status, 200);
}

#[test]
fn a_panic_leaves_the_connection_as_it_was() {
    let program = served();
    let mut connection = program.connect();
    assert_eq!(connection.request("GET", "/panic/later", &[], b"").status, 500);
    assert_eq!(connection.request("GET", "/hello", &[], b"").text(), "hello");
}

#[test]
fn a_body_that_fails_or_panics_never_looks_complete() {
    let mut program = served();
    for path in ["/body/fails", "/body/panics"] {
        let mut connection = program.connect();
        connection.send(format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n"));
        assert_eq!(connection.head().unwrap().0, 200);
        assert_eq!(connection.chunk().unwrap(), b"begun");
        assert_eq!(connection.chunk(), None, "{path}");
        assert_eq!(program.get("/hello").status, 200);
    }
    let log = program.wait_for("the body fails on purpose");
    let line = log.lines().find(|line| line.contains("the body fails on purpose")).unwrap();
    assert!(line.contains("ERROR"), "{line}");
}

#[test]
fn a_function_over_its_time_is_given_up() {
    let mut program = served();
    for function in ["hang", "spin"] {
        let response = program.get(&format!("/{function}"));
        assert_eq!((response.status, &*response.detail()), (504, ""), "{function}");
        program.wait_for_event(&format!("{function} dropped"));
        counted(&program, function);
        program.wait_for("InvocationTimedOut: the function did not end within 100ms");
    }
}

#[test]
fn a_function_that_panics_when_it_is_given_up_is_over_its_time_all_the_same() {
    let mut program = served();
    tells_nothing(&program, "/panic/given-up", 504);
    counted(&program, "given-up");
    program.wait_for("the function panicked while it was given up");
    assert_eq!(program.get("/hello").status, 200);
}

#[test]
fn a_function_that_panics_when_its_client_goes_away_harms_nobody() {
    let program = served();
    let mut connection = program.connect();
    connection.send("GET /panic/abandoned HTTP/1.1\r\nhost: x\r\n\r\n");
    program.wait_for_event("abandoned began");
    connection.close();
    crate::support::until("the panic is counted", || (program.metrics("abandoned")["errors"] == 1).then_some(()));
    assert_eq!(program.get("/hello").status, 200);
}

#[test]
fn a_function_that_blocks_is_answered_all_the_same() {
    let program = served();
    assert_eq!(program.get("/block/50").text(), "blocked");
    counted_well(&program, "block");
}

fn counted_well(program: &Program, function: &str) {
    let metrics = program.metrics(function);
    assert_eq!((&metrics["invocations"], &metrics["errors"]), (&1.into(), &0.into()), "{metrics}");
}
