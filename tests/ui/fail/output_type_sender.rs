//! A queue that is a number.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "queue", queue = "orders")]
async fn handle(#[queue("sent")] sent: u32) {
    let _ = sent;
}

tusk_fn::main!();

// Corrected:
// 6: async fn handle(#[queue("sent")] sent: Sender<u32>) {
