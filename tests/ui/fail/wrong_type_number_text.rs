//! A number in quotes.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "queue", queue = "orders", batch_size = "10")]
async fn handle() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "queue", queue = "orders", batch_size = 10)]
