//! Two conditions on one attribute.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "topic", topic = "paid", filter = ["region = eu", "region = us"])]
async fn handle() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "topic", topic = "paid", filter = ["region = eu | us"])]
