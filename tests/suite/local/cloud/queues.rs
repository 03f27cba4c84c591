//! Queues and topics: sending, failing, dead letters, bounds.

use std::time::Instant;

use serde_json::{Value, json};

use super::{
    cloud, counts, dead, folder, notes, open, send, send_with, sorted, wait_for_dead, wait_for_notes, wait_for_quiet,
};
use crate::support::{Program, until};

#[test]
fn a_message_is_delivered_whoever_sends_it() {
    let data = folder();
    let program = cloud(&data, "jobs,send-job").serve();
    let id = send(&program, "jobs", &json!({"name": "by-admin"}));
    assert_eq!(id.len(), 33, "{id}");
    program.wait_for_event("jobs by-admin 1");
    let response = program.request(
        "POST",
        "/jobs",
        &[("content-type", "application/json")],
        br#"{"job": {"name": "by-function"}}"#,
    );
    assert_eq!(response.status, 200, "{}", response.text());
    assert_ne!(response.text(), id);
    program.wait_for_event("jobs by-function 1");
    wait_for_quiet(&program);
    assert_eq!(program.events().len(), 2);
    assert!(dead(&program, "jobs").is_empty());
}

#[test]
fn what_fails_comes_again_after_a_while_and_then_dies() {
    let data = folder();
    let program = cloud(&data, "jobs").serve();
    let began = Instant::now();
    send(&program, "jobs", &json!({"name": "twice", "fails": 1}));
    send(&program, "jobs", &json!({"name": "always", "fails": 9}));
    send(&program, "jobs", &json!({"name": "panics", "panics": true}));
    let dead = wait_for_dead(&program, "jobs", 2);
    // 250 ms after the first attempt, and 500 ms after the second.
    assert!(began.elapsed().as_millis() >= 750, "{:?}", began.elapsed());
    assert_eq!(
        sorted(dead.iter().map(|(name, reason)| format!("{name}: {reason}")).collect()),
        ["always: JobError: `always` fails", "panics: Panic: on purpose",]
    );
    assert_eq!(
        sorted(notes(&program, "jobs ")),
        ["always 1", "always 2", "always 3", "panics 1", "panics 2", "panics 3", "twice 1", "twice 2",]
    );
    let shown = super::dead(&program, "jobs");
    assert!(shown.iter().all(|it| it["attempts"] == 3), "{shown:?}");
    program.wait_for_event("jobs twice 2");
    wait_for_quiet(&program);
    assert_eq!(counts(&program, "jobs")["dead"], 2);
}

#[test]
fn what_is_rejected_or_cannot_be_read_dies_at_once() {
    let data = folder();
    let program = cloud(&data, "jobs").serve();
    send(&program, "jobs", &json!({"name": "unwanted", "rejects": true}));
    assert_eq!(wait_for_dead(&program, "jobs", 1)[0].1, "JobError: `unwanted` is not wanted");
    send(&program, "jobs", &json!({"name": "misspelt", "fial": true}));
    let reason = wait_for_dead(&program, "jobs", 2).remove(1).1;
    assert!(
        reason.starts_with("UndecodablePayload: the payload cannot be read as `Job`: unknown field `fial`"),
        "{reason}"
    );
    assert_eq!(notes(&program, "jobs "), ["unwanted 1"]);
    let log = program.log();
    assert_eq!(log.matches("a message was dead-lettered").count(), 2, "{log}");
    let shown = dead(&program, "jobs");
    assert!(shown.iter().all(|it| it["attempts"] == 1), "{shown:?}");
}

#[test]
fn what_takes_too_long_is_given_up_and_comes_again() {
    let data = folder();
    let program = cloud(&data, "hanging").serve();
    send(&program, "hanging", &json!({"name": "x"}));
    let reason = wait_for_dead(&program, "hanging", 1).remove(0).1;
    assert_eq!(reason, "InvocationTimedOut: the function did not end within 200ms");
    assert_eq!(notes(&program, "hanging "), ["x 1", "x 2"]);
}

/// The runtime names failures too, and does not count those of messages that it did not try.
#[test]
fn an_error_may_have_any_name() {
    let data = folder();
    let program = cloud(&data, "namesake").serve();
    send(&program, "namesake", &json!({"name": "a"}));
    assert_eq!(wait_for_dead(&program, "namesake", 1)[0].1, "HeldUp: on purpose");
    assert_eq!(notes(&program, "namesake "), ["a 1", "a 2"]);
}

#[test]
fn dead_letters_can_have_a_function_of_their_own() {
    let data = folder();
    let program = cloud(&data, "letters,undelivered").serve();
    send(&program, "letters", &json!({"name": "late", "fails": 9}));
    send(&program, "letters", &json!({"name": "unwanted", "rejects": true}));
    // Their attempts begin anew there.
    program.wait_for_event("undelivered late 1");
    program.wait_for_event("undelivered unwanted 1");
    wait_for_quiet(&program);
    assert_eq!(sorted(notes(&program, "letters ")), ["late 1", "late 2", "unwanted 1"]);
}

#[test]
fn dead_letters_go_back_to_where_they_died() {
    let data = folder();
    // Nobody reads the dead letters here.
    let program = cloud(&data, "letters,parcels").serve();
    send(&program, "letters", &json!({"name": "letter", "rejects": true}));
    send(&program, "parcels", &json!({"name": "parcel", "rejects": true}));
    wait_for_dead(&program, "letters", 2);
    let redrive =
        |function: &str| program.admin("POST", &format!("/functions/{function}/redrive"), "").json()["moved"].clone();
    assert_eq!(redrive("letters"), 1);
    wait_for_notes(&program, "letters letter 1", 2);
    wait_for_dead(&program, "letters", 2);
    assert_eq!(notes(&program, "parcels "), ["parcel 1"]);
    assert_eq!(redrive("parcels"), 1);
    wait_for_notes(&program, "parcels parcel 1", 2);
    wait_for_dead(&program, "parcels", 2);
}

#[test]
fn what_is_thrown_away_is_gone() {
    let data = folder();
    let program = cloud(&data, "jobs").serve();
    send(&program, "jobs", &json!({"name": "dead", "rejects": true}));
    wait_for_dead(&program, "jobs", 1);
    send(&program, "jobs", &json!({"name": "runs", "waits": true}));
    program.wait_for_event("jobs runs 1");
    send_with(&program, "jobs", &json!({"body": {"name": "late"}, "delay": "1m"}));
    let purge = |what: &str| program.admin("DELETE", &format!("/functions/jobs/{what}"), "").json()["removed"].clone();
    assert_eq!((purge("dead-letters"), purge("dead-letters"), purge("waiting")), (1.into(), 0.into(), 2.into()));
    open(&program, 1);
    program.wait_for_event("jobs runs ended");
    wait_for_quiet(&program);
    assert_eq!(counts(&program, "jobs")["dead"], 0);
}

#[test]
fn what_waits_can_be_looked_at() {
    let data = folder();
    let program = cloud(&data, "jobs").serve();
    let message = json!({"body": {"name": "a", "waits": true}, "attributes": {"region": "eu"}, "group": "g"});
    let id = send_with(&program, "jobs", &message);
    program.wait_for_event("jobs a 1");
    let delayed = send_with(&program, "jobs", &json!({"body": {"name": "b"}, "delay": "10m"}));
    for path in ["/queues/jobs/messages", "/functions/jobs/waiting"] {
        let shown = program.admin("GET", path, "").json();
        assert_eq!((&shown[0]["id"], &shown[0]["body"]["name"]), (&id.clone().into(), &"a".into()), "{shown}");
        assert_eq!((&shown[0]["attributes"]["region"], &shown[0]["group"]), (&"eu".into(), &"g".into()));
        assert_eq!((&shown[0]["in_flight"], &shown[0]["attempts"]), (&true.into(), &0.into()));
        assert_eq!((&shown[1]["id"], &shown[1]["in_flight"]), (&delayed.clone().into(), &false.into()));
        assert!(shown[1]["visible_at"].as_str() > shown[1]["enqueued_at"].as_str());
        assert_eq!(shown.as_array().unwrap().len(), 2);
    }
    let counts = counts(&program, "jobs");
    assert_eq!((&counts["visible"], &counts["in_flight"], &counts["delayed"]), (&0.into(), &1.into(), &1.into()));
    assert_eq!(counts["trigger"], "queue jobs");
}

#[test]
fn a_delayed_message_waits_for_so_long() {
    let data = folder();
    let program = cloud(&data, "jobs,send-job").serve();
    let began = Instant::now();
    let delayed = br#"{"job": {"name": "late"}, "delay_millis": 700}"#;
    assert_eq!(program.request("POST", "/jobs", &[("content-type", "application/json")], delayed).status, 200);
    send_with(&program, "jobs", &json!({"body": {"name": "later"}, "delay": "900ms"}));
    send(&program, "jobs", &json!({"name": "at-once"}));
    program.wait_for_event("jobs late 1");
    assert!(began.elapsed().as_millis() >= 700);
    program.wait_for_event("jobs later 1");
    assert!(began.elapsed().as_millis() >= 900);
    assert_eq!(notes(&program, "jobs "), ["at-once 1", "late 1", "later 1"]);
}

#[test]
fn a_repeated_deduplication_id_is_one_message() {
    let data = folder();
    let program = cloud(&data, "jobs,send-job,letters").serve();
    let message = |name: &str| json!({"body": {"name": name}, "deduplication_id": "d1"});
    let first = send_with(&program, "jobs", &message("a"));
    program.wait_for_event("jobs a 1");
    assert_eq!(send_with(&program, "jobs", &message("b")), first);
    let again = br#"{"job": {"name": "c"}, "deduplication_id": "d1"}"#;
    assert_eq!(program.request("POST", "/jobs", &[("content-type", "application/json")], again).text(), first);
    // Another queue has its own.
    assert_ne!(send_with(&program, "letters", &message("d")), first);
    program.wait_for_event("letters d 1");
    // Only within five minutes.
    program.admin("POST", "/clock", r#"{"advance": "5m"}"#);
    assert_ne!(send_with(&program, "jobs", &message("e")), first);
    program.wait_for_event("jobs e 1");
    wait_for_quiet(&program);
    assert_eq!(notes(&program, "jobs "), ["a 1", "e 1"]);
}

/// How many of the jobs run, as they say themselves.
fn running(program: &Program) -> usize {
    let notes = notes(program, "jobs ");
    notes.iter().filter(|note| note.ends_with(" 1")).count()
        - notes.iter().filter(|note| note.ends_with("ended")).count()
}

#[test]
fn as_many_run_at_the_same_time_as_the_function_says_and_no_more() {
    let data = folder();
    let program = cloud(&data, "jobs").serve();
    for n in 0..12 {
        send(&program, "jobs", &json!({"name": n.to_string(), "waits": true}));
    }
    for begun in 4..=12 {
        until("as many run as may", || {
            (notes(&program, "jobs ").iter().filter(|note| note.ends_with(" 1")).count() == begun).then_some(())
        });
        assert_eq!(running(&program), 4);
        let counts = counts(&program, "jobs");
        assert_eq!((&counts["visible"], &counts["in_flight"]), (&(12 - begun).into(), &4.into()));
        open(&program, 1);
    }
    open(&program, 3);
    wait_for_quiet(&program);
    assert_eq!(program.metrics("jobs")["invocations"], 12);
}

#[test]
fn one_that_hangs_holds_up_nobody_else() {
    let data = folder();
    let program = cloud(&data, "jobs").serve();
    send(&program, "jobs", &json!({"name": "stuck", "waits": true}));
    for n in 0..50 {
        send(&program, "jobs", &json!({"name": n.to_string()}));
    }
    wait_for_notes(&program, "jobs ", 51);
    open(&program, 1);
    wait_for_quiet(&program);
}

#[test]
fn a_batch_reports_which_of_its_messages_failed() {
    let data = folder();
    let program = cloud(&data, "batches").serve();
    send(&program, "batches", &json!({"name": "first", "waits": true}));
    program.wait_for_event("batches first 1");
    for job in [
        json!({"name": "good"}),
        json!({"name": "late", "fails": 1}),
        json!({"name": "unwanted", "rejects": true}),
        json!({"misspelt": true}),
        json!({"name": "always", "fails": 9}),
        json!({"name": "next"}),
    ] {
        send(&program, "batches", &job);
    }
    open(&program, 1);
    let dead = wait_for_dead(&program, "batches", 3);
    assert_eq!(dead[0], ("unwanted".to_owned(), "JobError: `unwanted` is not wanted".to_owned()));
    assert!(dead[1].1.starts_with("UndecodablePayload: "), "{dead:?}");
    assert_eq!(dead[2], ("always".to_owned(), "JobError: `always` fails".to_owned()));
    program.wait_for_event("batches late 2");
    wait_for_quiet(&program);
    // What cannot be read is in no batch.
    assert_eq!(notes(&program, "batch of ")[..3], ["1", "4", "1"]);
    assert_eq!(
        sorted(notes(&program, "batches ")),
        ["always 1", "always 2", "first 1", "first ended", "good 1", "late 1", "late 2", "next 1", "unwanted 1",]
    );
}

fn region(message: &Value, region: &str) -> String {
    json!({ "body": message, "attributes": { "region": region } }).to_string()
}

#[test]
fn each_function_has_its_own_copy_of_what_its_filter_lets_through() {
    let data = folder();
    let program = cloud(&data, "news,news-west,news-abroad,publish").serve();
    let publish = |body: String| {
        let response = program.admin("POST", "/topics/news/messages", &body);
        assert_eq!(response.status, 202, "{}", response.text());
        response.json()["functions"].as_u64().unwrap()
    };
    assert_eq!(publish(region(&json!({"name": "a"}), "eu")), 2);
    assert_eq!(publish(region(&json!({"name": "b", "fails": 1}), "us-east")), 3);
    assert_eq!(publish(region(&json!({"name": "c"}), "asia")), 2);
    assert_eq!(publish(json!({"body": {"name": "d"}}).to_string()), 2);
    assert_eq!(publish(json!({"body": {"name": "e"}, "attributes": {"kind": "spam"}}).to_string()), 1);
    assert_eq!(program.request("POST", "/news/eu/f", &[], b"").status, 200);
    program.wait_for_event("news-west b 2");
    wait_for_quiet(&program);
    assert_eq!(sorted(notes(&program, "news ")), ["a", "b", "c", "d", "e", "f"]);
    // A failure of one is none of the others'.
    assert_eq!(sorted(notes(&program, "news-west ")), ["a 1", "b 1", "b 2", "f 1"]);
    assert_eq!(sorted(notes(&program, "news-abroad ")), ["b", "c", "d"]);
}
