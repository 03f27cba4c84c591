//! A name of which nothing can be made.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "queue", queue = "1")]
async fn handle() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "queue", queue = "orders")]
