//! A number in the place of `true` or a path.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "queue", queue = "orders", idempotent = 1)]
async fn handle() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "queue", queue = "orders", idempotent = true)]
