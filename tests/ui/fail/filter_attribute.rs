//! A condition: an attribute with a blank.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "topic", topic = "paid", filter = ["the region = eu"])]
async fn handle() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "topic", topic = "paid", filter = ["region = eu"])]
