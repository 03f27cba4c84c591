//! A number in a function for a queue.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "queue", queue = "orders")]
async fn handle(number: u32) {
    let _ = number;
}

tusk_fn::main!();

// Corrected:
// 6: async fn handle(Json(number): Json<u32>) {
