//! The last day.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "timer", schedule = "0 0 0 L * *")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "timer", schedule = "0 0 0 28-31 * *")]
