//! Queues and topics.

use std::time::Duration;

use serde::Deserialize;
use tusk_fn::prelude::*;

use crate::{Job, JobError, note, work};

#[tusk_fn(trigger = "queue", queue = "jobs", concurrency = 4, max_attempts = 3)]
async fn jobs(message: Message<Job>, context: Context) -> Result<(), JobError> {
    assert_eq!((&context.delivery_id(), context.attempt()), (&message.id, message.attempt));
    work("jobs", &message.body, message.attempt).await
}

/// Sends a job, with whatever may be said of it.
#[derive(Deserialize)]
struct Sent {
    #[serde(default)]
    job: Job,
    group: Option<String>,
    deduplication_id: Option<String>,
    delay_millis: Option<u64>,
}

#[tusk_fn(trigger = "http", route = "jobs", methods = ["POST"])]
async fn send_job(#[queue("jobs")] jobs: Sender<Job>, Json(sent): Json<Sent>) -> Result<String, HttpError> {
    let mut outgoing = Outgoing::new(sent.job);
    if let Some(group) = sent.group {
        outgoing = outgoing.group(group);
    }
    if let Some(id) = sent.deduplication_id {
        outgoing = outgoing.deduplication_id(id);
    }
    if let Some(delay) = sent.delay_millis {
        outgoing = outgoing.delay(Duration::from_millis(delay));
    }
    jobs.send(outgoing).await.map_err(|error| HttpError::bad_request(error.to_string()))
}

#[tusk_fn(trigger = "queue", queue = "letters", max_attempts = 2, dead_letter = "undelivered")]
async fn letters(message: Message<Job>) -> Result<(), JobError> {
    work("letters", &message.body, message.attempt).await
}

#[tusk_fn(trigger = "queue", queue = "parcels", max_attempts = 1, dead_letter = "undelivered")]
async fn parcels(message: Message<Job>) -> Result<(), JobError> {
    work("parcels", &message.body, message.attempt).await
}

#[tusk_fn(trigger = "queue", queue = "undelivered")]
async fn undelivered(message: Message<Job>) {
    note(format!("undelivered {} {}", message.body.name, message.attempt));
}

#[tusk_fn(trigger = "queue", queue = "hanging", timeout = "200ms", max_attempts = 2)]
async fn hanging(message: Message<Job>) {
    note(format!("hanging {} {}", message.body.name, message.attempt));
    std::future::pending::<()>().await;
}

#[tusk_fn(trigger = "queue", queue = "groups", ordered = true, concurrency = 4, max_attempts = 3)]
async fn groups(message: Message<Job>) -> Result<(), JobError> {
    let group = message.group.unwrap_or_default();
    work(&format!("groups {group}"), &message.body, message.attempt).await
}

/// Sends jobs 0, 1, 2 … all at once, in turn to three groups.
#[tusk_fn(trigger = "http", route = "groups/<count>", methods = ["POST"])]
async fn send_groups(count: u32, #[queue("groups")] groups: Sender<Job>) -> Result<(), HttpError> {
    let job = |n: u32| Outgoing::new(Job { name: n.to_string(), ..Job::default() }).group((n % 3).to_string());
    groups.send_all((0..count).map(job)).await?;
    Ok(())
}

/// Delays a message of an ordered queue, which no platform does.
#[tusk_fn(trigger = "http", route = "delayed-group", methods = ["POST"])]
async fn delayed_group(#[queue("groups")] groups: Sender<Job>) -> String {
    let outgoing = Outgoing::new(Job::default()).group("a").delay(Duration::from_secs(1));
    groups.send(outgoing).await.map_or_else(|error| error.to_string(), |_| "sent".to_owned())
}

/// An error with the name of one of the runtime's own.
#[derive(Debug, thiserror::Error)]
#[error("on purpose")]
struct HeldUp;

#[tusk_fn(trigger = "queue", queue = "namesake", max_attempts = 2)]
async fn namesake(message: Message<Job>) -> Result<(), HeldUp> {
    note(format!("namesake {} {}", message.body.name, message.attempt));
    Err(HeldUp)
}

#[tusk_fn(trigger = "queue", queue = "batches", batch_size = 5, max_attempts = 2)]
async fn batches(batch: Batch<Message<Job>>) -> Report {
    note(format!("batch of {}", batch.len()));
    batch.each(async |message: Message<Job>| work("batches", &message.body, message.attempt).await).await
}

#[tusk_fn(trigger = "topic", topic = "news")]
async fn news(message: Message<Job>) {
    note(format!("news {}", message.body.name));
}

#[tusk_fn(trigger = "topic", topic = "news", filter = ["region = eu | us*"])]
async fn news_west(message: Message<Job>) -> Result<(), JobError> {
    work("news-west", &message.body, message.attempt).await
}

#[tusk_fn(trigger = "topic", topic = "news", filter = ["region != eu", "kind != spam"])]
async fn news_abroad(message: Message<Job>) {
    note(format!("news-abroad {}", message.body.name));
}

#[tusk_fn(trigger = "http", route = "news/<region>/<name>", methods = ["POST"])]
async fn publish(region: String, name: String, #[topic("news")] news: Sender<Job>) -> Result<String, HttpError> {
    let job = Job { name, ..Job::default() };
    Ok(news.send(Outgoing::new(job).attribute("region", region)).await?)
}
