//! Stopping: in good order, at once, and by force.

use std::net::TcpStream;

use rustix::process::Signal;

use super::{probe, served};
use crate::support::{Connection, Program, until};

fn begin(program: &Program, path: &str, event: &str) -> Connection {
    let mut connection = program.connect();
    connection.send(format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n"));
    program.wait_for_event(event);
    connection
}

fn refuses(program: &Program) {
    until("no connection is accepted", || TcpStream::connect(program.http).is_err().then_some(()));
}

#[test]
fn a_running_invocation_may_end_and_is_answered() {
    for signal in [Signal::TERM, Signal::INT] {
        let mut program = served();
        let mut idle = program.connect();
        assert_eq!(idle.request("GET", "/hello", &[], b"").status, 200);
        let mut silent = program.connect();
        let mut running = begin(&program, "/linger", "linger began");
        program.signal(signal);
        program.wait_for_error("stopping: running invocations may end");
        refuses(&program);
        idle.expect_end();
        silent.expect_end();
        assert_eq!(running.response().text(), "lingered");
        running.expect_end();
        assert_eq!(program.wait().code(), Some(0));
    }
}

#[test]
fn an_invocation_through_the_admin_api_may_end_too() {
    let mut program = served();
    let mut admin = Connection::to(program.admin);
    let token = format!("authorization: Bearer {}", program.token);
    admin.send(format!("POST /functions/linger/invoke HTTP/1.1\r\nhost: localhost\r\n{token}\r\n\r\n"));
    program.wait_for_event("linger began");
    program.signal(Signal::TERM);
    let response = admin.response();
    assert_eq!((response.status, &response.json()["body"]), (200, &"lingered".into()));
    assert_eq!(program.wait().code(), Some(0));
}

#[test]
fn a_second_signal_waits_for_nobody() {
    let mut program = served();
    let mut running = begin(&program, "/wait", "wait began");
    program.signal(Signal::INT);
    program.wait_for_error("press Ctrl-C again not to wait");
    program.signal(Signal::INT);
    assert_eq!(program.wait().code(), Some(1));
    let errors = program.errors();
    let expected = "error: stopped before everything had ended; invocations that were still running: 1";
    assert!(errors.contains(expected), "{errors}");
    assert!(running.try_response("GET").is_none());
}

/// Functions that block every thread of the runtime keep neither the first signal from being heard nor the second from
/// being obeyed.
#[test]
fn functions_that_block_do_not_keep_the_program_from_stopping() {
    let mut program = served();
    let threads = std::thread::available_parallelism().unwrap().get();
    let _blocked: Vec<Connection> = (0..threads * 2)
        .map(|_| {
            let mut connection = program.connect();
            connection.send("GET /block/600000 HTTP/1.1\r\nhost: x\r\n\r\n");
            connection
        })
        .collect();
    // Nobody can be asked whether they block by now.
    std::thread::sleep(std::time::Duration::from_millis(300));
    program.signal(Signal::TERM);
    program.wait_for_error("stopping: ");
    program.signal(Signal::TERM);
    assert_eq!(program.wait().code(), Some(1));
}

#[test]
fn a_process_that_is_killed_can_be_started_again_at_once() {
    let mut program = served();
    let mut running = begin(&program, "/wait", "wait began");
    program.signal(Signal::KILL);
    assert_eq!(program.wait().code(), None);
    assert!(running.try_response("GET").is_none());
    let again = probe().env("PORT", program.http.port().to_string()).serve();
    assert_eq!(again.get("/hello").status, 200);
}
