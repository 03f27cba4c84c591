//! Idempotent functions.

use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::json;

use super::{cloud, dead, folder, notes, open, send, wait_for_dead, wait_for_quiet};

#[test]
fn what_was_handled_is_not_handled_again() {
    let data = folder();
    let mut program = cloud(&data, "once").serve();
    send(&program, "once", &json!({"name": "a"}));
    send(&program, "once", &json!({"name": "a"}));
    send(&program, "once", &json!({"name": "b", "fails": 1}));
    wait_for_quiet(&program);
    assert_eq!(super::sorted(notes(&program, "once ")), ["a 1", "b 1", "b 2"]);
    program.stop();
    let program = cloud(&data, "once").serve();
    send(&program, "once", &json!({"name": "a"}));
    send(&program, "once", &json!({"name": "c"}));
    wait_for_quiet(&program);
    assert_eq!(notes(&program, "once "), ["c 1"]);
    assert!(dead(&program, "once").is_empty());
}

#[test]
fn of_two_at_the_same_time_one_is_handled() {
    let data = folder();
    let program = cloud(&data, "once").serve();
    send(&program, "once", &json!({"name": "a", "waits": true}));
    program.wait_for_event("once a 1");
    send(&program, "once", &json!({"name": "a", "waits": true}));
    open(&program, 1);
    wait_for_quiet(&program);
    assert_eq!(notes(&program, "once "), ["a 1", "a ended"]);
    assert!(dead(&program, "once").is_empty());
}

#[test]
fn another_payload_of_the_same_key_is_dead_lettered() {
    let data = folder();
    let program = cloud(&data, "once").serve();
    send(&program, "once", &json!({"name": "a"}));
    program.wait_for_event("once a 1");
    wait_for_quiet(&program);
    send(&program, "once", &json!({"name": "a", "takes": 1}));
    let reason = wait_for_dead(&program, "once", 1).remove(0).1;
    // The key is a value of the payload: a hash stands for it.
    assert!(reason.starts_with("PayloadChanged: `once#name="), "{reason}");
    assert!(reason.ends_with("` was delivered before with another payload") && !reason.contains("\"a\""), "{reason}");
    send(&program, "once", &json!({"title": "no key"}));
    let reason = wait_for_dead(&program, "once", 2).remove(1).1;
    assert_eq!(reason, "NoIdempotencyKey: the payload has nothing at `name`, which `idempotent` names");
    assert_eq!(notes(&program, "once "), ["a 1"]);
}

/// The claim of the process that was killed stands until its deadline has passed. The message waits for that, however few
/// attempts it has.
#[test]
fn what_a_crash_interrupted_is_handled_after_the_deadline() {
    let data = folder();
    let mut program = cloud(&data, "crashes").serve();
    send(&program, "crashes", &json!({"name": "a", "waits": true}));
    program.wait_for_event("crashes a 1");
    let begun = Instant::now();
    program.signal(Signal::KILL);
    program.wait();
    let program = cloud(&data, "crashes").serve();
    open(&program, 1);
    program.wait_for_event("crashes a 1");
    // The timeout and a second.
    assert!(begun.elapsed() >= Duration::from_millis(2900), "{:?}", begun.elapsed());
    program.wait_for_event("crashes a ended");
    wait_for_quiet(&program);
    assert_eq!(notes(&program, "crashes "), ["a 1", "a ended"]);
    assert!(dead(&program, "crashes").is_empty());
}
