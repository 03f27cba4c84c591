//! The same before another argument.

use tusk_fn::prelude::*;

struct Order;

#[tusk_fn(trigger = "queue", queue = "orders")]
async fn handle(message: Message<Order>, context: Context) {
    let _ = (message.id, context);
}

tusk_fn::main!();
