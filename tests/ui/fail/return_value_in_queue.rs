//! A value that nobody waits for.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "queue", queue = "orders")]
async fn handle() -> u32 {
    7
}

tusk_fn::main!();
