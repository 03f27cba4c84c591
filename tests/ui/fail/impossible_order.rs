//! Order where a broker keeps none.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "queue", queue = "orders", ordered = true, targets = ["aws", "knative"])]
async fn handle(_: String) {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "queue", queue = "orders", ordered = true, targets = ["aws"])]
