//! A response, which a timer has not.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "timer", schedule = "@daily")]
async fn users() -> StatusCode {
    StatusCode::OK
}

tusk_fn::main!();
