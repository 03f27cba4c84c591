//! An event without a type.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "event", source = "/shop")]
async fn handle() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "event", type = "com.example.paid", source = "/shop")]
