//! A day that does not exist.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "timer", schedule = "0 0 0 30 2 *")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "timer", schedule = "0 0 0 28 2 *")]
