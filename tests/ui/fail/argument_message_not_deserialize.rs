//! A message of what cannot be read.

use tusk_fn::prelude::*;

struct Order;

#[tusk_fn(trigger = "queue", queue = "orders")]
async fn handle(message: Message<Order>) {
    let _ = message.id;
}

tusk_fn::main!();
