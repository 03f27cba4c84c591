//! An output without a name.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "queue", queue = "orders")]
async fn handle(#[topic] paid: Sender<u32>) {
    let _ = paid;
}

tusk_fn::main!();

// Corrected:
// 6: async fn handle(#[topic("paid")] paid: Sender<u32>) {
