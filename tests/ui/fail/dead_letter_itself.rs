//! A queue that is its own dead-letter queue.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "queue", queue = "orders", dead_letter = "orders")]
async fn handle() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "queue", queue = "orders", dead_letter = "failed-orders")]
