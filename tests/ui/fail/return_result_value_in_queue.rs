//! The same in a result.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "queue", queue = "orders")]
async fn handle() -> Result<u32, std::io::Error> {
    Ok(7)
}

tusk_fn::main!();
