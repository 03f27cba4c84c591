//! Events: who gets them, by type, source and subject.

use serde_json::json;

use super::{cloud, folder, notes, wait_for_dead, wait_for_quiet};
use crate::support::Program;

fn emit(program: &Program, event: &serde_json::Value) -> u64 {
    let response = program.admin("POST", "/events", &event.to_string());
    assert_eq!(response.status, 202, "{}", response.text());
    response.json()["functions"].as_u64().unwrap()
}

#[test]
fn an_event_goes_to_those_who_want_its_type_source_and_subject() {
    let data = folder();
    let program = cloud(&data, "paid,any-order,of-shop,of-lamps,pay").serve();
    let event = |kind: &str, source: &str, subject: Option<&str>, name: &str| {
        let mut event = json!({"type": kind, "source": source, "data": {"name": name}});
        if let Some(subject) = subject {
            event["subject"] = subject.into();
        }
        emit(&program, &event)
    };
    assert_eq!(event("com.example.order.paid", "/shop/berlin", Some("lamps/7"), "a"), 4);
    assert_eq!(event("com.example.order.paid", "/stall", None, "b"), 2);
    assert_eq!(event("com.example.order.sent", "/shop/", None, "c"), 2);
    assert_eq!(event("com.example.order", "/shop", Some("lamps"), "d"), 0);
    assert_eq!(event("com.example.order.paid.late", "/stall", Some("chairs/1"), "e"), 1);
    assert_eq!(event("org.example.order.paid", "/shop/berlin", Some("lamps/7"), "f"), 0);
    assert_eq!(event("COM.EXAMPLE.ORDER.PAID", "/shop/berlin", Some("lamps/7"), "g"), 0);
    wait_for_quiet(&program);
    assert_eq!(super::sorted(notes(&program, "paid ")), ["a /shop/berlin lamps/7", "b /stall -"]);
    let any = ["a /shop/berlin lamps/7", "b /stall -", "c /shop/ -", "e /stall chairs/1"];
    assert_eq!(super::sorted(notes(&program, "any-order ")), any);
    assert_eq!(super::sorted(notes(&program, "of-shop ")), ["a /shop/berlin lamps/7", "c /shop/ -"]);
    assert_eq!(notes(&program, "of-lamps a "), ["/shop/berlin lamps/7", "1"]);
}

#[test]
fn a_functions_events_come_from_it() {
    let data = folder();
    let program = cloud(&data, "paid,of-shop,of-lamps,pay").serve();
    assert_eq!(program.request("POST", "/paid/x", &[], b"").status, 200);
    program.wait_for_event("of-lamps x /functions/pay lamps/x");
    wait_for_quiet(&program);
    assert_eq!(notes(&program, "paid "), ["x /functions/pay lamps/x"]);
    assert!(notes(&program, "of-shop ").is_empty());
}

#[test]
fn an_event_fails_and_dies_like_a_message() {
    let data = folder();
    let program = cloud(&data, "paid,of-lamps").serve();
    let event = |data: serde_json::Value| json!({"type": "com.example.order.paid", "source": "/s", "subject": "lamps/1", "data": data});
    emit(&program, &event(json!({"name": "a", "rejects": true})));
    assert_eq!(wait_for_dead(&program, "of-lamps", 1)[0].1, "JobError: `a` is not wanted");
    emit(&program, &event(json!("text")));
    let reason = wait_for_dead(&program, "paid", 1).remove(0).1;
    assert!(reason.starts_with("UndecodablePayload: "), "{reason}");
}

#[test]
fn an_answer_happens_like_any_event() {
    let data = folder();
    let program = cloud(&data, "paid,of-shop,answer").serve();
    let asked = |name: &str| json!({"type": "com.example.asked", "source": "/s", "data": {"name": name}});
    assert_eq!(emit(&program, &asked("a")), 1);
    program.wait_for_event("paid a /functions/answer -");
    wait_for_quiet(&program);
    assert!(notes(&program, "of-shop ").is_empty());
    assert_eq!(notes(&program, "answer "), ["1"]);
    // What cannot be a reply is the function's failure.
    emit(&program, &asked(""));
    let reason = wait_for_dead(&program, "answer", 1).remove(0).1;
    assert_eq!(reason, "UnfitReply: the event cannot be a reply: it has no type");
}
