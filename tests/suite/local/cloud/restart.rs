//! What a stop, a kill and a restart leave: everything, exactly as often as it must be.

use rustix::process::Signal;
use serde_json::json;

use super::{
    cloud, counts, dead, folder, notes, open, send, send_with, sorted, wait_for_dead, wait_for_notes, wait_for_quiet,
};

fn first_attempts(from: usize, to: usize) -> Vec<String> {
    sorted((from..to).map(|n| format!("{n} 1")).collect())
}

#[test]
fn a_stop_lets_what_runs_end_and_leaves_the_rest() {
    let data = folder();
    let mut program = cloud(&data, "jobs").serve();
    for n in 0..8 {
        send(&program, "jobs", &json!({"name": n.to_string(), "takes": 1500}));
    }
    wait_for_notes(&program, "jobs ", 4);
    let log = program.stop();
    assert_eq!(log.matches("job ended").count(), 4, "{log}");
    let program = cloud(&data, "jobs").serve();
    wait_for_notes(&program, "jobs ", 4);
    wait_for_quiet(&program);
    assert_eq!(sorted(notes(&program, "jobs ")), first_attempts(4, 8));
}

#[test]
fn a_kill_brings_back_what_waited_and_what_was_in_flight_and_counts_nothing() {
    let data = folder();
    let mut program = cloud(&data, "jobs").serve();
    for n in 0..8 {
        send(&program, "jobs", &json!({"name": n.to_string(), "waits": true}));
    }
    send_with(&program, "jobs", &json!({"body": {"name": "late"}, "delay": "10m"}));
    wait_for_notes(&program, "jobs ", 4);
    program.signal(Signal::KILL);
    program.wait();
    let program = cloud(&data, "jobs").serve();
    open(&program, 8);
    wait_for_notes(&program, "jobs ", 16);
    assert_eq!(
        sorted(notes(&program, "jobs ").into_iter().filter(|note| note.ends_with(" 1")).collect()),
        first_attempts(0, 8)
    );
    assert_eq!(counts(&program, "jobs")["delayed"], 1);
}

#[test]
fn a_kill_forgets_no_failed_attempt() {
    let data = folder();
    let mut program = cloud(&data, "jobs").serve();
    send(&program, "jobs", &json!({"name": "a", "fails": 9}));
    program.wait_for_event("jobs a 2");
    // Now it waits for its third attempt.
    super::until_counts(&program, "jobs", "delayed", 1);
    program.signal(Signal::KILL);
    program.wait();
    let program = cloud(&data, "jobs").serve();
    wait_for_dead(&program, "jobs", 1);
    assert_eq!(notes(&program, "jobs "), ["a 3"]);
    assert_eq!(dead(&program, "jobs")[0]["attempts"], 3);
}

/// No function takes them before the kill, so that each is there if it was accepted.
#[test]
fn what_was_accepted_survives_a_kill_at_once() {
    let data = folder();
    let mut accepted = Vec::new();
    for round in 0..5 {
        let mut program = cloud(&data, "send-job").serve();
        for n in 0..10 {
            let name = format!("{round}-{n}");
            if n % 2 == 0 {
                send(&program, "jobs", &json!({"name": name}));
            } else {
                let body = json!({"job": {"name": name}}).to_string();
                let sent = program.request("POST", "/jobs", &[("content-type", "application/json")], body.as_bytes());
                assert_eq!(sent.status, 200);
            }
            accepted.push(format!("{name} 1"));
        }
        program.signal(Signal::KILL);
        program.wait();
    }
    let program = cloud(&data, "jobs").serve();
    wait_for_quiet(&program);
    assert_eq!(sorted(notes(&program, "jobs ")), sorted(accepted));
}

#[test]
fn everything_is_delivered_twice_and_out_of_order_if_one_asks_for_it() {
    let data = folder();
    let program = cloud(&data, "jobs,groups").env("TUSK_FN_PARANOID", "1").serve();
    send(&program, "jobs", &json!({"name": "first", "waits": true}));
    program.wait_for_event("jobs first 1");
    for n in 1..10 {
        send(&program, "jobs", &json!({"name": n.to_string(), "fails": u32::from(n == 5) * 9}));
    }
    open(&program, 2);
    wait_for_dead(&program, "jobs", 1);
    wait_for_quiet(&program);
    let all: Vec<String> = notes(&program, "jobs ").into_iter().filter(|note| !note.starts_with("first")).collect();
    // Four at the same time, the newest first.
    assert!(["9 1", "8 1", "7 1", "6 1"].contains(&&*all[0]), "{all:?}");
    for n in (1..10).filter(|n| *n != 5) {
        assert_eq!(all.iter().filter(|note| **note == format!("{n} 1")).count(), 2, "{all:?}");
    }
    for attempt in 1..=3 {
        assert_eq!(all.iter().filter(|note| **note == format!("5 {attempt}")).count(), 2, "{all:?}");
    }
    // An ordered queue keeps its promise.
    for n in 0..3 {
        send_with(&program, "groups", &json!({"body": {"name": n.to_string()}, "group": "a"}));
    }
    wait_for_notes(&program, "groups a ", 6);
    wait_for_quiet(&program);
    assert_eq!(notes(&program, "groups a "), ["0 1", "0 1", "1 1", "1 1", "2 1", "2 1"]);
}
