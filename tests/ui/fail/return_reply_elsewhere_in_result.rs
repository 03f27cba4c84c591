//! A reply, where others than Knative are listed too.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "event", type = "paid", targets = ["knative", "google"])]
async fn handle(event: CloudEvent<u32>) -> Result<Option<CloudEvent<u32>>, std::io::Error> {
    Ok(Some(event))
}

tusk_fn::main!();
