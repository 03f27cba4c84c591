//! Fewer attempts than Pub/Sub makes.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "queue", queue = "orders", max_attempts = 3, targets = ["google"])]
async fn handle(_: String) {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "queue", queue = "orders", max_attempts = 5, targets = ["google"])]
