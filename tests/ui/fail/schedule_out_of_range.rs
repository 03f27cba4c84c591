//! An hour that does not exist.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "timer", schedule = "0 0 25 * * *")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "timer", schedule = "0 0 23 * * *")]
