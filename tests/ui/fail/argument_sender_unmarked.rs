//! A sender that does not say where to.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "queue", queue = "orders")]
async fn handle(paid: Sender<u32>) {
    let _ = paid;
}

tusk_fn::main!();

// Corrected:
// 6: async fn handle(#[queue("paid")] paid: Sender<u32>) {
