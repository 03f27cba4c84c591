//! A reply to an instant.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "timer", schedule = "@daily", targets = ["knative"])]
async fn handle() -> CloudEvent<u32> {
    todo!()
}

tusk_fn::main!();
