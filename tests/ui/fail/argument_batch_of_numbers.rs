//! A batch of what no message is.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "queue", queue = "orders")]
async fn handle(batch: Batch<u32>) {
    let _ = batch;
}

tusk_fn::main!();

// Corrected:
// 6: async fn handle(batch: Batch<Json<u32>>) {
