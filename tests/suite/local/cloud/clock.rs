//! The clock that can be moved.

use serde_json::{Value, json};

use super::{cloud, dead, folder, notes, open, send, send_with, wait_for_dead, wait_for_notes, wait_for_quiet};
use crate::support::{Program, until};

fn turn(program: &Program, how: &Value) -> Value {
    let response = program.admin("POST", "/clock", &how.to_string());
    assert_eq!(response.status, 200, "{}", response.text());
    response.json()
}

#[test]
fn what_is_due_comes_when_the_clock_is_moved() {
    let data = folder();
    let program = cloud(&data, "jobs,yearly").serve();
    send_with(&program, "jobs", &json!({"body": {"name": "late"}, "delay": "10m"}));
    assert!(notes(&program, "jobs ").is_empty());
    turn(&program, &json!({"advance": "10m"}));
    program.wait_for_event("jobs late 1");
    let set = turn(&program, &json!({"set": "2040-01-01T02:59:59Z"}));
    assert!(set["now"].as_str().unwrap().starts_with("2040-01-01T02:59:59"), "{set}");
    // Years passed: the run that was missed is made up for, once.
    wait_for_notes(&program, "yearly ", 2);
    assert_eq!(notes(&program, "yearly ")[1], "2040-01-01T03:00:00Z");
    turn(&program, &json!({"advance": "8784h"}));
    program.wait_for_event("yearly 2041-01-01T03:00:00Z");
}

#[test]
fn a_moved_clock_stays_so_over_a_restart_until_it_is_reset() {
    let data = folder();
    let mut program = cloud(&data, "jobs,yearly").serve();
    assert!(!program.log().contains("clock"), "{}", program.log());
    assert_eq!(program.admin("GET", "/clock", "").json()["ahead_seconds"], 0.0);
    turn(&program, &json!({"advance": "1h30m"}));
    turn(&program, &json!({"advance": "30m"}));
    assert_eq!(program.admin("GET", "/clock", "").json()["ahead_seconds"], 7200.0);
    turn(&program, &json!({"set": "2050-06-01T00:00:00Z"}));
    program.stop();
    let program = cloud(&data, "jobs,yearly").serve();
    let banner = program.log();
    assert!(banner.contains("  clock       2050-06-01 00:00:"), "{banner}");
    assert!(banner.contains("next: 2051-01-01 03:00:00 UTC, 2052-"), "{banner}");
    let reset = turn(&program, &json!({"reset": true}));
    assert_eq!(reset["ahead_seconds"], 0.0);
}

/// What was sent, failed or fired while the clock was ahead does not wait until it is there again.
#[test]
fn nothing_hangs_when_the_clock_is_set_back() {
    let data = folder();
    let mut program = cloud(&data, "send-job,yearly").serve();
    turn(&program, &json!({"advance": "24h"}));
    send(&program, "jobs", &json!({"name": "sent"}));
    send(&program, "jobs", &json!({"name": "fails", "fails": 1}));
    program.stop();
    let program = cloud(&data, "jobs,tick").serve();
    program.wait_for_event("jobs fails 1");
    program.wait_for_event("tick");
    turn(&program, &json!({"reset": true}));
    program.wait_for_event("jobs sent 1");
    program.wait_for_event("jobs fails 2");
    wait_for_quiet(&program);
    let ticks = notes(&program, "tick").len();
    until("it ticks on", || (notes(&program, "tick").len() > ticks + 1).then_some(()));
}

/// However long the clock says that it takes.
#[test]
fn what_is_handled_while_the_clock_is_moved_is_handled_once() {
    let data = folder();
    let program = cloud(&data, "jobs").serve();
    send(&program, "jobs", &json!({"name": "a", "waits": true}));
    program.wait_for_event("jobs a 1");
    turn(&program, &json!({"advance": "100h"}));
    send(&program, "jobs", &json!({"name": "b"}));
    program.wait_for_event("jobs b 1");
    open(&program, 1);
    wait_for_quiet(&program);
    assert_eq!(notes(&program, "jobs "), ["a 1", "b 1", "a ended"]);
    assert!(dead(&program, "jobs").is_empty());
}

#[test]
fn the_end_of_all_times_is_survived() {
    let data = folder();
    let program = cloud(&data, "jobs,tick,yearly").serve();
    for end in ["9999-12-30T22:00:00Z", "-009999-01-02T01:59:59Z"] {
        turn(&program, &json!({"set": end}));
        turn(&program, &json!({"advance": "1000000h"}));
        send(&program, "jobs", &json!({"name": end, "rejects": true}));
        program.wait_for_event(&format!("jobs {end} 1"));
    }
    wait_for_dead(&program, "jobs", 2);
    turn(&program, &json!({"reset": true}));
    let ticks = notes(&program, "tick").len();
    until("it ticks on", || (notes(&program, "tick").len() > ticks + 1).then_some(()));
    // Nor does it fire again and again where there is no later instant.
    assert!(notes(&program, "tick").len() < 100);
}

#[test]
fn a_move_that_makes_no_sense_is_refused() {
    let data = folder();
    let program = cloud(&data, "jobs").serve();
    let what =
        "the clock is moved by `{\"advance\": \"1h\"}`, `{\"set\": \"2026-01-31T12:00:00Z\"}` or `{\"reset\": true}`";
    for body in [
        "",
        "{}",
        "[]",
        "7",
        r#"{"set": "tomorrow"}"#,
        r#"{"advance": 5}"#,
        r#"{"reset": false}"#,
        r#"{"advance": "1h", "reset": true}"#,
    ] {
        let response = program.admin("POST", "/clock", body);
        assert_eq!(response.status, 400, "{body}");
        assert!(response.detail().starts_with(what), "{body}: {}", response.detail());
    }
    let response = program.admin("POST", "/clock", r#"{"advance": "30"}"#);
    assert_eq!((response.status, response.detail()), (400, "the duration `30` has no unit".to_owned()));
    assert_eq!(program.admin("GET", "/clock", "").json()["ahead_seconds"], 0.0);
}
