//! Two functions for one queue.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "queue", queue = "orders")]
async fn first() {}

#[tusk_fn(trigger = "queue", queue = "orders")]
async fn handle() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "queue", queue = "new-orders")]
