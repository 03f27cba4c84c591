//! A year.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "timer", schedule = "0 0 10 * * * 2026")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "timer", schedule = "0 0 10 * * *")]
