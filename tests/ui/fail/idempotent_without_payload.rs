//! A path in the payload of a timer.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "timer", schedule = "0 * * * *", idempotent = "id")]
async fn handle() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "timer", schedule = "0 * * * *", idempotent = true)]
