//! A number in a function for a stream.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "stream", stream = "clicks")]
async fn handle(number: u32) {
    let _ = number;
}

tusk_fn::main!();

// Corrected:
// 6: async fn handle(Json(number): Json<u32>) {
