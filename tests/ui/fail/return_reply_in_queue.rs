//! A reply to a message of a queue.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "queue", queue = "orders", targets = ["knative"])]
async fn handle() -> CloudEvent<u32> {
    todo!()
}

tusk_fn::main!();
