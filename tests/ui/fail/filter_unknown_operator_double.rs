//! A condition: two equals signs.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "topic", topic = "paid", filter = ["region == eu"])]
async fn handle() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "topic", topic = "paid", filter = ["region = eu"])]
