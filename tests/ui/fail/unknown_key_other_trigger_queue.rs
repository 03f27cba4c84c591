//! A key of a queue on a stream.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "stream", stream = "clicks", max_attempts = 3)]
async fn handle() {}

tusk_fn::main!();
