//! A star within an event's type.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "event", type = "com.*.paid")]
async fn handle() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "event", type = "com.*")]
