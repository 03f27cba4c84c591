//! More messages at once than an ordered queue of AWS gives.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "queue", queue = "orders", ordered = true, batch_size = 100, targets = ["aws"])]
async fn handle() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "queue", queue = "orders", ordered = true, batch_size = 10, targets = ["aws"])]
