//! A request's headers in a function for a queue.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "queue", queue = "orders")]
async fn handle(headers: HeaderMap) {
    let _ = headers;
}

tusk_fn::main!();
