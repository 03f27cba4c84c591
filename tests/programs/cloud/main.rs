//! A program with functions for everything that the local cloud delivers.
//!
//! Each function notes what it was called with, and `GET /events` tells the notes. A test starts the program with the functions
//! that it needs (`TUSK_FN`).

mod buckets;
mod events;
mod once;
mod queues;
mod stress;
mod tables;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use tusk_fn::prelude::*;

static NOTES: Mutex<Vec<String>> = Mutex::new(Vec::new());
/// How many of the jobs that wait may go on.
static GATE: Semaphore = Semaphore::const_new(0);

fn note(what: impl Into<String>) {
    NOTES.lock().unwrap_or_else(PoisonError::into_inner).push(what.into());
}

/// What was noted so far.
#[tusk_fn(trigger = "http", route = "events")]
async fn notes() -> Json<Vec<String>> {
    Json(NOTES.lock().unwrap_or_else(PoisonError::into_inner).clone())
}

/// Lets so many of the jobs that wait go on.
#[tusk_fn(trigger = "http", route = "open/<count>", methods = ["POST"])]
async fn open(count: usize) {
    GATE.add_permits(count);
}

/// What a function is to do.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
struct Job {
    name: String,
    /// How many attempts fail.
    fails: u32,
    rejects: bool,
    panics: bool,
    /// Whether it waits until the gate is opened.
    waits: bool,
    /// How long it takes, in milliseconds.
    takes: u64,
}

#[derive(Debug, thiserror::Error)]
enum JobError {
    #[error("`{0}` fails")]
    Later(String),
    #[error(transparent)]
    Rejected(#[from] Reject),
}

/// Does it.
async fn work(of: &str, job: &Job, attempt: u32) -> Result<(), JobError> {
    note(format!("{of} {} {attempt}", job.name));
    if job.waits {
        if let Ok(permit) = GATE.acquire().await {
            permit.forget();
        }
        note(format!("{of} {} ended", job.name));
    }
    if job.takes > 0 {
        tokio::time::sleep(Duration::from_millis(job.takes)).await;
        tracing::info!(job = job.name, "job ended");
    }
    assert!(!job.panics, "on purpose");
    if job.rejects {
        return Err(Reject::new(format!("`{}` is not wanted", job.name)).into());
    }
    if attempt <= job.fails { Err(JobError::Later(job.name.clone())) } else { Ok(()) }
}

/// Fires rarely, so that only a clock that was moved lets it.
#[tusk_fn(trigger = "timer", schedule = "0 3 1 1 *")]
async fn yearly(timer: Timer) {
    note(format!("yearly {}", timer.scheduled_at));
}

/// Fires each second.
#[tusk_fn(trigger = "timer", schedule = "* * * * * *")]
async fn tick() {
    note("tick");
}

#[tusk_fn(trigger = "http", route = "secret")]
async fn secret(#[secret("api-key")] key: Secret<String>) -> String {
    key.into_inner()
}

tusk_fn::main!();
