//! A function for each kind of event source, which writes down what it took: for the emulator, and for what platforms send to a
//! container.
#![allow(clippy::expect_used, clippy::panic, reason = "a program for a test")]

use std::io::Write as _;

use tusk_fn::BoxError;
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

#[tusk_fn(trigger = "timer", schedule = "0 */5 * * * *")]
async fn timer(timer: Timer) {
    note(&format!("timer {}", timer.scheduled_at));
}

/// Answers with an event, as the data of the one that came says.
#[tusk_fn(trigger = "event", type = "com.example.asked", targets = ["knative"])]
async fn reply(mut event: CloudEvent<Raw>) -> Result<Option<CloudEvent<Raw>>, BoxError> {
    let mut answer = CloudEvent::new("com.example.answered", "", Raw::from("{\"n\":7}")).with_subject("gr\u{fc}n");
    match event.data.text()? {
        "answer" => {}
        "nothing" => return Ok(None),
        "pass" => {
            "com.example.passed".clone_into(&mut event.event_type);
            return Ok(Some(event));
        }
        "unfit" => drop(answer.extensions.insert("a-b".to_owned(), "x".to_owned())),
        _ => return Err("secret-inner".into()),
    }
    Ok(Some(answer))
}

/// Does what a message says.
#[tusk_fn(trigger = "queue", queue = "moods", timeout = "1s")]
async fn mood(mood: String) -> Result<(), BoxError> {
    match &*mood {
        "well" => {
            tracing::info!(mood, "all is well");
            Ok(())
        }
        "fail" => Err("secret-inner".into()),
        "reject" => Err(Reject::new("secret-inner").into()),
        "panic" => panic!("secret-inner"),
        "wait" => std::future::pending().await,
        _ => {
            note(&format!("began {mood}"));
            tokio::time::sleep(std::time::Duration::from_millis(700)).await;
            note(&format!("ended {mood}"));
            Ok(())
        }
    }
}

/// Cannot be served where there is no store of what was handled.
#[tusk_fn(trigger = "queue", queue = "once", idempotent = true)]
async fn once(text: String) {
    note(&format!("once {text}"));
}

/// Reads what is in a blob.
#[tusk_fn(trigger = "blob", path = "contents/<name>")]
async fn content(name: String, blob: Blob) -> Result<(), OutputError> {
    let text = blob.text(1024).await?;
    note(&format!("content {name} {text}"));
    Ok(())
}

/// Cannot be served where nothing can be sent.
#[tusk_fn(trigger = "queue", queue = "forwarded")]
async fn forward(text: String, #[queue("messages")] messages: Sender<String>) -> Result<(), OutputError> {
    messages.send(text).await.map(drop)
}

#[tusk_fn(trigger = "http", route = "public/<rest..>", methods = ["any"], auth = "public")]
async fn public(rest: String) -> String {
    rest
}

#[tusk_fn(trigger = "http", route = "private")]
async fn private() -> &'static str {
    "private"
}

#[tusk_fn(trigger = "http", route = "aws", targets = ["aws"])]
async fn aws_only() -> &'static str {
    "aws"
}

tusk_fn::main!();
