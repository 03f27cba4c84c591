//! The user service.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "http", route = "health", auth = "public")]
async fn health() -> &'static str {
    "ok"
}

tusk_fn::main!();
