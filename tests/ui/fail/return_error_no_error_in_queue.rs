//! An error that is none.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "queue", queue = "orders")]
async fn handle() -> Result<(), u32> {
    Ok(())
}

tusk_fn::main!();

// Corrected:
// 6: async fn handle() -> Result<(), std::io::Error> {
