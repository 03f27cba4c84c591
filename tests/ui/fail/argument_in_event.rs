//! A number in a function for an event.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "event", type = "paid")]
async fn handle(number: u32) {
    let _ = number;
}

tusk_fn::main!();

// Corrected:
// 6: async fn handle(number: CloudEvent<u32>) {
