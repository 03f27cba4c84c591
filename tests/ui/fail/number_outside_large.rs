//! A number above the most.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "queue", queue = "orders", max_attempts = 5000)]
async fn handle() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "queue", queue = "orders", max_attempts = 1000)]
