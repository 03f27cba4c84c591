//! A reply where others than Knative may run the function.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "event", type = "paid")]
async fn handle(event: CloudEvent<u32>) -> CloudEvent<u32> {
    event
}

tusk_fn::main!();
