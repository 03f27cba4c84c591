//! A reply of a function whose deliveries are handled once.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "event", type = "paid", targets = ["knative"], idempotent = true)]
async fn handle(event: CloudEvent<u32>) -> CloudEvent<u32> {
    event
}

tusk_fn::main!();
