//! A topic's name with an underscore.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "topic", topic = "new_orders")]
async fn handle() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "topic", topic = "new-orders")]
