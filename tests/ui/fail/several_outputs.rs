//! An argument that is two outputs.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "queue", queue = "orders")]
async fn handle(
    #[topic("paid")]
    #[queue("sent")]
    paid: Sender<u32>,
) {
    let _ = paid;
}

tusk_fn::main!();

// Corrected:
// 8:
