//! A path that is none.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "queue", queue = "orders", idempotent = "order..id")]
async fn handle() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "queue", queue = "orders", idempotent = "order.id")]
