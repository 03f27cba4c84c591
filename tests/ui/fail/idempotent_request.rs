//! A request that is to be told from itself.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "http", route = "a", idempotent = true)]
async fn handle() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "a")]
