//! A function for each kind of event source, which writes down what it took: for the emulator.
#![allow(clippy::expect_used, reason = "a program for a test")]

use std::io::Write as _;

use tusk_fn::prelude::*;

/// Adds a line to the file that `TAKEN_FILE` names.
fn note(line: &str) {
    let path = std::env::var_os("TAKEN_FILE").expect("TAKEN_FILE is set");
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path).expect("it can be written");
    writeln!(file, "{line}").expect("it can be written");
}

#[tusk_fn(trigger = "queue", queue = "messages")]
async fn queue(message: Message<Raw>, context: Context) {
    note(&format!("queue {} {} {}", message.body.text().unwrap_or("?"), context.attempt(), message.id.is_empty()));
}

#[tusk_fn(trigger = "topic", topic = "messages")]
async fn topic(text: String, message: Message<Raw>) {
    note(&format!("topic {text} {:?}", message.attributes.get("Test")));
}

#[tusk_fn(trigger = "blob", path = "uploads/<folder>/<name>.csv", events = ["created", "deleted"])]
async fn blob(folder: String, name: String, blob: Blob) {
    note(&format!("blob {:?} {folder} {name}", blob.event));
}

#[tusk_fn(trigger = "database", table = "items")]
async fn database(change: Change<serde_json::Value>) {
    let key = change.key().values.clone();
    note(&format!("database {} {}", serde_json::json!(key), change.into_new().unwrap_or_default()["Message"]));
}

#[tusk_fn(trigger = "stream", stream = "records")]
async fn stream(record: Record<Raw>) {
    note(&format!("stream {} {}", record.partition, record.body.text().unwrap_or("?")));
}

#[tusk_fn(trigger = "event", type = "*")]
async fn event(event: CloudEvent<serde_json::Value>) {
    note(&format!("event {} {} {}", event.event_type, event.source, event.data));
}

tusk_fn::main!();
