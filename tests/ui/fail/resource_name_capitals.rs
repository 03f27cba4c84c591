//! A queue's name as a type is written.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "queue", queue = "NewOrders")]
async fn handle() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "queue", queue = "new-orders")]
