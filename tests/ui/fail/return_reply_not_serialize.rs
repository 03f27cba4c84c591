//! A reply whose data cannot be written.

use tusk_fn::prelude::*;

struct Paid;

#[tusk_fn(trigger = "event", type = "paid", targets = ["knative"])]
async fn handle() -> Result<CloudEvent<Paid>, std::io::Error> {
    todo!()
}

tusk_fn::main!();
