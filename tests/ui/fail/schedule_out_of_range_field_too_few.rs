//! Seconds first, and a field too few.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "timer", schedule = "0 30 9 * *")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "timer", schedule = "0 30 9 * * *")]
