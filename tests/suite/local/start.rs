//! Starting: what is printed, and what is said when it cannot be.

use std::ffi::OsStr;
use std::net::TcpListener;
use std::os::unix::ffi::OsStrExt as _;

use super::{clock, probe, served};
use crate::support::{Starter, program};

/// What a program says that must not start. It says so on one line, unless several things are wrong.
fn refusal(starter: Starter) -> String {
    let (errors, status) = starter.fail();
    assert_eq!(status.code(), Some(1), "{errors}");
    errors.trim_end().to_owned()
}

#[test]
fn the_banner_tells_links_timers_and_whom_deployment_lets_in() {
    let program = probe().env("TUSK_FN", "text,order").serve();
    let banner = program.log();
    let address = program.http;
    for expected in [
        format!("listening on http://{address}\n"),
        format!("  GET   http://{address}/text/<text>  text   deployed: callers need the platform's credential\n"),
        format!("  POST  http://{address}/orders       order  deployed: callers need the platform's credential\n"),
        format!("  admin API   http://{}   token {}\n", program.admin, program.token),
    ] {
        assert!(banner.contains(&expected), "no {expected:?} in\n{banner}");
    }
}

#[test]
fn a_port_that_is_taken_is_named_with_what_to_type() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    for variable in ["PORT", "TUSK_FN_ADMIN_PORT"] {
        let error = refusal(probe().env(variable, port.to_string()));
        let expected = format!("error: port {port} is taken by another program (perhaps this one, still running); ");
        assert!(error.starts_with(&expected), "{error}");
        let other = port.checked_add(10).unwrap_or(port - 10);
        assert!(error.ends_with(&format!("`{variable}={other} cargo run`")), "{error}");
    }
}

#[test]
fn the_admin_api_moves_where_its_usual_port_is_taken() {
    // Any port whose next one can be had: it is taken here until the program stands beside it.
    let (port, _next) = (0..100)
        .find_map(|_| {
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let next = TcpListener::bind(("127.0.0.1", port.checked_add(1)?)).ok()?;
            Some((port, next))
        })
        .unwrap();
    let program = probe().env("PORT", port.to_string()).without("TUSK_FN_ADMIN_PORT").serve();
    assert_eq!(program.http.port(), port);
    assert_ne!(program.admin.port(), port + 1);
    assert_eq!(program.admin("GET", "/functions", "").status, 200);
}

#[test]
fn both_ports_alike_are_refused() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let error = refusal(probe().env("PORT", &port).env("TUSK_FN_ADMIN_PORT", &port));
    assert!(error.starts_with(&format!("error: `PORT` and `TUSK_FN_ADMIN_PORT` are both {port}; ")), "{error}");
}

#[test]
fn a_port_that_is_none_is_refused() {
    for variable in ["PORT", "TUSK_FN_ADMIN_PORT"] {
        for value in ["", "http", "65536", "-1", "80 "] {
            let expected = format!(
                "error: `{variable}` is {value:?}, which is no port; set it to a number from 0 to 65535 (0 takes a free one)"
            );
            assert_eq!(refusal(probe().env(variable, value)), expected);
        }
        let error = refusal(probe().env(variable, OsStr::from_bytes(b"\xff")));
        assert!(error.contains("which is no port"), "{error}");
    }
}

#[test]
fn only_the_named_functions_are_served() {
    let program = probe().env("TUSK_FN", " hello , text,hello ").serve();
    assert_eq!(program.get("/hello").status, 200);
    assert_eq!(program.get("/text/x").status, 200);
    assert_eq!(program.get("/number/1").status, 404);
}

#[test]
fn names_that_no_function_has_are_refused_all_at_once() {
    let error = refusal(probe().env("TUSK_FN", "hello,helo,xyzzy"));
    let lines: Vec<&str> = error.lines().collect();
    assert_eq!(lines.len(), 2, "{error}");
    let expected =
        "error: `TUSK_FN` names the function `helo`, which this program does not have; did you mean `hello`?";
    assert_eq!(lines[0], expected);
    assert!(lines[1].starts_with("error: `TUSK_FN` names the function `xyzzy`, "), "{error}");
}

/// What limits a process must not open it when it is broken.
#[test]
fn a_selection_of_nothing_is_refused() {
    for value in ["", " ", ",,"] {
        let error = refusal(clock().env("TUSK_FN", value));
        let expected = "error: `TUSK_FN` is set, and names no function; name some of `berlin`, `endless`, ";
        assert!(error.starts_with(expected), "{error}");
    }
    let error = refusal(clock().env("TUSK_FN", OsStr::from_bytes(b"\xff")));
    assert!(error.starts_with("error: `TUSK_FN` names the function `\u{fffd}`, "), "{error}");
}

#[test]
fn a_provider_that_is_none_is_refused() {
    let all = "set it to `local`, `aws`, `azure`, `google` or `knative`";
    for (value, hint) in [("lcoal", "did you mean `local`?"), ("gcp", all), ("", all)] {
        let expected = format!("error: `TUSK_FN_PROVIDER` is `{value}`, which is no provider of this version; {hint}");
        assert_eq!(refusal(probe().env("TUSK_FN_PROVIDER", value)), expected);
    }
    let error = refusal(probe().env("TUSK_FN_PROVIDER", OsStr::from_bytes(b"\xff")));
    assert!(error.contains("which is no provider of this version"), "{error}");
}

#[test]
fn inits_run_in_the_order_of_their_needs() {
    let program = served();
    assert_eq!(program.get("/states").text(), "all there");
    assert_eq!(program.events()[..3], ["init first", "init second", "init third"]);
}

#[test]
fn an_init_that_fails_is_named_with_its_place_and_causes() {
    let error = refusal(probe().env("PROBE_INIT", "fails"));
    assert!(error.starts_with("error: the init `second` ("), "{error}");
    let expected = ") failed: anyhow::Error: cannot reach the database: connection refused";
    assert!(error.contains("programs/probe/main.rs:") && error.ends_with(expected), "{error}");
    let error = refusal(probe().env("PROBE_INIT", "panics"));
    assert!(error.ends_with(") failed: Panic: the init panics on purpose"), "{error}");
}

#[test]
fn everything_that_is_wrong_with_states_is_said_at_once() {
    let error = refusal(program(env!("CARGO_BIN_EXE_faulty_states")));
    let lines: Vec<&str> = error.lines().collect();
    assert_eq!(lines.len(), 4, "{error}");
    for (line, parts) in lines.iter().zip([
        &["faulty_states::Twice` is provided twice: by `once` (", "and by `again` ("][..],
        &["`breakfast` (", "takes `State<faulty_states::Missing>`, and nothing provides it"],
        &["these inits need each other, so that none of them can run first: `hatch` (", ", `lay` ("],
        &["the init `conceive` (", "takes the state that it makes itself"],
    ]) {
        assert!(parts.iter().all(|part| line.contains(part)), "{parts:?} in {line}");
        assert!(!line.contains("fry"), "{line}");
    }
    // `cargo tusk check` is told the same, in a file, and without a start.
    let folder = tempfile::tempdir().expect("there is a folder");
    let answer = folder.path().join("answer");
    let (said, status) = program(env!("CARGO_BIN_EXE_faulty_states")).env("TUSK_FN_CHECK", &answer).fail();
    assert!(status.success() && said.is_empty(), "{said}");
    assert_eq!(std::fs::read_to_string(&answer).expect("it answers").trim_end(), error.trim_end());
}
