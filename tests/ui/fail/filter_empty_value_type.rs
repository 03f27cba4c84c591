//! An event of no type.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "event", type = "")]
async fn handle() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "event", type = "com.example.paid")]
