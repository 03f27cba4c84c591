//! A queue without a name.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "queue")]
async fn handle() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "queue", queue = "orders")]
