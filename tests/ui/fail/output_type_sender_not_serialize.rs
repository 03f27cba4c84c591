//! A sender of what cannot be written.

use tusk_fn::prelude::*;

struct Order;

#[tusk_fn(trigger = "queue", queue = "orders")]
async fn handle(#[queue("sent")] sent: Sender<Order>) {
    let _ = sent;
}

tusk_fn::main!();
