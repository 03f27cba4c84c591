//! A word in the place of `true`.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "queue", queue = "orders", ordered = "yes")]
async fn handle() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "queue", queue = "orders", ordered = true)]
