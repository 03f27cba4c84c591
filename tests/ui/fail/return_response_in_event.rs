//! A response to an event.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "event", type = "paid")]
async fn handle() -> StatusCode {
    StatusCode::OK
}

tusk_fn::main!();
