//! An HTTP argument in a timer.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "timer", schedule = "@daily")]
async fn sweep(headers: HeaderMap) {
    let _ = headers;
}

tusk_fn::main!();
