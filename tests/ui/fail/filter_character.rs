//! A condition: a line feed.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "topic", topic = "paid", filter = ["region = a\nb"])]
async fn handle() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "topic", topic = "paid", filter = ["region = a b"])]
