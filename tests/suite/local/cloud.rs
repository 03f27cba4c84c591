//! The local cloud: what is sent, stored and put into folders, and what its functions make of it.

mod admin;
mod buckets;
mod clock;
mod events;
mod examples;
mod once;
mod order;
mod queues;
mod restart;
mod start;
mod stress;
mod tables;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Program, Starter, program, until};

/// The program of these tests, with some of its functions, on a folder that is the test's own.
fn cloud(data: &TempDir, functions: &str) -> Starter {
    let functions = format!("notes,open,{functions}");
    program(env!("CARGO_BIN_EXE_cloud"))
        .env("TUSK_FN_PROVIDER", "local")
        .env("TUSK_FN_DATA", data.path())
        .env("TUSK_FN", functions)
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// Sends a job, as it is, to a queue.
fn send(program: &Program, queue: &str, job: &Value) -> String {
    send_with(program, queue, &json!({ "body": job }))
}

/// Sends a message with all that is said about it.
fn send_with(program: &Program, queue: &str, message: &Value) -> String {
    let response = program.admin("POST", &format!("/queues/{queue}/messages"), &message.to_string());
    assert_eq!(response.status, 202, "{}", response.text());
    response.json()["id"].as_str().unwrap().to_owned()
}

/// What the function's queue holds.
fn counts(program: &Program, function: &str) -> Value {
    let all = program.admin("GET", "/queues", "").json();
    all.as_array().unwrap().iter().find(|it| it["function"] == function).unwrap().clone()
}

fn waits(counts: &Value) -> bool {
    ["visible", "in_flight", "delayed"].iter().any(|count| counts[count] != 0)
}

/// Waits until nothing is to be delivered to any function.
fn wait_for_quiet(program: &Program) {
    until("nothing waits", || {
        let all = program.admin("GET", "/queues", "").json();
        let quiet = !all.as_array().unwrap().iter().any(waits);
        quiet.then_some(())
    });
}

/// The dead letters of a function, as the admin API shows them.
fn dead(program: &Program, function: &str) -> Vec<Value> {
    let response = program.admin("GET", &format!("/functions/{function}/dead-letters"), "");
    assert_eq!(response.status, 200, "{}", response.text());
    response.json().as_array().unwrap().clone()
}

/// Waits until so many are dead, and gives the name of each with the reason.
fn wait_for_dead(program: &Program, function: &str, count: usize) -> Vec<(String, String)> {
    let dead = until("messages are dead", || {
        let dead = dead(program, function);
        (dead.len() >= count).then_some(dead)
    });
    assert_eq!(dead.len(), count, "{dead:?}");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    dead.iter().map(|it| (text(&it["body"]["name"]), text(&it["reason"]))).collect()
}

/// The notes that begin so, without the beginning.
fn notes(program: &Program, beginning: &str) -> Vec<String> {
    program.events().iter().filter_map(|note| note.strip_prefix(beginning)).map(str::to_owned).collect()
}

fn sorted(mut notes: Vec<String>) -> Vec<String> {
    notes.sort();
    notes
}

/// Waits until there are so many notes that begin so.
fn wait_for_notes(program: &Program, beginning: &str, count: usize) -> Vec<String> {
    let found = until(&format!("{count} notes begin with {beginning:?}"), || {
        let notes = notes(program, beginning);
        (notes.len() >= count).then_some(notes)
    });
    assert_eq!(found.len(), count, "{found:?}");
    found
}

/// Lets so many of the jobs that wait go on.
fn open(program: &Program, count: usize) {
    assert_eq!(program.request("POST", &format!("/open/{count}"), &[], b"").status, 200);
}

/// Waits until one of the counts of a function's queue is that.
fn until_counts(program: &Program, function: &str, count: &str, wanted: usize) {
    until(&format!("{count} is {wanted}"), || (counts(program, function)[count] == wanted).then_some(()));
}
