//! A program of timers.
#![expect(clippy::panic, reason = "one timer panics on purpose")]

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tusk_fn::jiff::Timestamp;
use tusk_fn::prelude::*;

static TICKS: Mutex<Vec<(Timestamp, Timestamp)>> = Mutex::new(Vec::new());

/// Fires every second, and remembers for when and when.
#[tusk_fn(trigger = "timer", schedule = "* * * * * *")]
async fn tick(timer: Timer) {
    TICKS.lock().unwrap_or_else(PoisonError::into_inner).push((timer.scheduled_at, Timestamp::now()));
}

/// What `tick` remembers, in seconds: for when it fired, and how late.
#[tusk_fn(trigger = "http", route = "ticks")]
async fn ticks() -> Json<Vec<(i64, f64)>> {
    let ticks = TICKS.lock().unwrap_or_else(PoisonError::into_inner);
    let late = |(due, now): &(Timestamp, Timestamp)| (due.as_second(), now.duration_since(*due).as_secs_f64());
    Json(ticks.iter().map(late).collect())
}

/// Still runs when the program is asked to stop.
#[tusk_fn(trigger = "timer", schedule = "* * * * * *")]
async fn slow() {
    tracing::info!("slow began");
    tokio::time::sleep(Duration::from_secs(2)).await;
    tracing::info!("slow ended");
}

/// What a timer is told.
#[tusk_fn(trigger = "timer", schedule = "@yearly")]
async fn told(timer: Timer, context: Context) -> (String, bool, String) {
    (timer.scheduled_at.to_string(), timer.past_due, context.delivery_id())
}

#[tusk_fn(trigger = "timer", schedule = "@yearly")]
async fn failing() -> Result<(), std::num::ParseIntError> {
    "x".parse::<u8>().map(drop)
}

#[tusk_fn(trigger = "timer", schedule = "@yearly", name = "panics")]
async fn panicking() {
    panic!("on purpose")
}

#[tusk_fn(trigger = "timer", schedule = "@yearly", timeout = "100ms")]
async fn endless() {
    std::future::pending::<()>().await;
}

/// Half past two at night, which one night a year has not, and another has twice.
#[tusk_fn(trigger = "timer", schedule = "0 30 2 * * *", tz = "Europe/Berlin")]
async fn berlin() {}

tusk_fn::main!();
