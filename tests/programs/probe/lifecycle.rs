//! Functions that take their time.

use std::time::Duration;

use tokio::sync::watch;
use tusk_fn::prelude::*;

use crate::{Guard, happened};

/// Never ends by itself.
#[tusk_fn(trigger = "http", route = "hang", timeout = "100ms")]
async fn hang() -> &'static str {
    let _guard = Guard("hang");
    std::future::pending().await
}

/// Never ends either, and never lets its task's timer have a turn.
#[tusk_fn(trigger = "http", route = "spin", timeout = "100ms")]
async fn spin() -> &'static str {
    let _guard = Guard("spin");
    loop {
        tokio::task::consume_budget().await;
    }
}

/// Waits until `GET /release`.
#[tusk_fn(trigger = "http", route = "wait")]
async fn wait() -> &'static str {
    let _guard = Guard("wait");
    happened("wait began");
    released().await;
    happened("wait ended");
    "waited"
}

#[tusk_fn(trigger = "http", route = "release")]
async fn release() -> &'static str {
    released_sender().send_replace(true);
    "released"
}

/// Ends shortly after it was asked to stop, as far as the suite is concerned: after half a second.
#[tusk_fn(trigger = "http", route = "linger")]
async fn linger() -> &'static str {
    happened("linger began");
    tokio::time::sleep(Duration::from_millis(500)).await;
    "lingered"
}

/// Blocks its thread.
#[tusk_fn(trigger = "http", route = "block/<millis>")]
async fn block(millis: u64) -> &'static str {
    happened("block began");
    std::thread::sleep(Duration::from_millis(millis));
    "blocked"
}

/// Answers when as many requests wait here at once.
#[tusk_fn(trigger = "http", route = "gather/<count>")]
async fn gather(count: usize) -> &'static str {
    static GATHERED: std::sync::OnceLock<watch::Sender<usize>> = std::sync::OnceLock::new();
    let gathered = GATHERED.get_or_init(|| watch::Sender::new(0));
    gathered.send_modify(|gathered| *gathered += 1);
    let _ = gathered.subscribe().wait_for(|gathered| *gathered >= count).await;
    "gathered"
}

fn released_sender() -> &'static watch::Sender<bool> {
    static RELEASED: std::sync::OnceLock<watch::Sender<bool>> = std::sync::OnceLock::new();
    RELEASED.get_or_init(|| watch::Sender::new(false))
}

async fn released() {
    let _ = released_sender().subscribe().wait_for(|released| *released).await;
}
