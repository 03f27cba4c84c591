//! A number that is not even counted.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "queue", queue = "orders", concurrency = 99_999_999_999)]
async fn handle() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "queue", queue = "orders", concurrency = 1000)]
