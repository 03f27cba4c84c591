//! A message that is never sent: it is sent when the future is awaited.

#![deny(unused_must_use)]

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "queue", queue = "orders")]
async fn handle(#[queue("sent")] sent: Sender<u32>) {
    sent.send(7);
}

tusk_fn::main!();

// Corrected:
// 9:     sent.send(7).await.ok();
