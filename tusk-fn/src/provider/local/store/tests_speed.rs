//! Measures how many messages a second go in and out: 100,000 of 200 bytes, by 16 tasks.
//!
//! `cargo test --release -p tusk-fn --lib store::tests_speed -- --ignored --nocapture`

use std::time::{Duration, Instant};

use super::tests::{at, policy};
use super::*;

const MESSAGES: usize = 100_000;
const TASKS: usize = 16;

/// Runs the same in 16 tasks, and gives messages a second.
async fn rate<F: Future<Output = usize> + Send + 'static>(task: impl Fn(usize) -> F) -> f64 {
    let begin = Instant::now();
    let tasks: Vec<_> = (0..TASKS).map(|n| tokio::spawn(task(n))).collect();
    let mut done = 0;
    for task in tasks {
        done += task.await.unwrap();
    }
    f64::from(u32::try_from(done).unwrap()) / begin.elapsed().as_secs_f64()
}

async fn send(store: Store, queue: &str, at_once: usize) -> usize {
    let mut sent = 0;
    while sent < MESSAGES / TASKS {
        let count = at_once.min(MESSAGES / TASKS - sent);
        let puts = (0..count).map(|_| Put::new(queue, vec![7; 200], at(0))).collect();
        sent += store.enqueue(puts).await.unwrap().len();
    }
    sent
}

async fn settle(store: Store, queue: &str, at_once: usize, ordered: bool) -> usize {
    let how = Receive { most: at_once, visibility: Duration::from_hours(1), ordered, policy: policy(3) };
    let mut settled = 0;
    loop {
        let received = store.receive(queue, &how, at(0)).await.unwrap();
        if received.is_empty() {
            return settled;
        }
        settled += received.len();
        store.ack(received.into_iter().map(|it| it.receipt).collect()).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement, for a release build"]
async fn messages_a_second() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let size = || std::fs::metadata(folder.path().join("store.redb")).unwrap().len() >> 20;
    for at_once in [1, 10, 100] {
        let enqueue = rate(|_| Box::pin(send(store.clone(), "q", at_once))).await;
        let (begin, full) = (Instant::now(), size());
        let count = store.count("q", at(0)).visible;
        let counting = begin.elapsed();
        let settle = rate(|_| Box::pin(settle(store.clone(), "q", at_once, at_once == 10))).await;
        println!("{at_once} a call: {enqueue:.0}/s in, {settle:.0}/s received and acknowledged");
        println!("  {count} counted in {counting:?}; the file had {full} MiB and has {} MiB", size());
    }
    let large = (0..20).map(|_| Put::new("large", vec![7; 100 << 10], at(0)));
    for _ in 0..50 {
        store.enqueue(large.clone().collect()).await.unwrap();
    }
    let full = size();
    // A copy of the open file is what a kill leaves.
    let killed = tempfile::tempdir().unwrap();
    std::fs::copy(folder.path().join("store.redb"), killed.path().join("store.redb")).unwrap();
    let begin = Instant::now();
    let reopened = Store::open(killed.path()).unwrap();
    println!("1000 messages of 100 KB: {full} MiB; opened after a kill in {:?}", begin.elapsed());
    assert_eq!(reopened.count("large", at(0)).visible, 1000);
    store.purge("large").await.unwrap();
    println!("  {} MiB when purged", size());
}
