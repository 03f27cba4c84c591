//! A condition: a comparison.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "topic", topic = "paid", filter = ["price >= 10"])]
async fn handle() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "topic", topic = "paid", filter = ["price = 10*"])]
