//! The first Monday.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "timer", schedule = "0 0 9 * * MON#1")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "timer", schedule = "0 0 9 1-7 * MON", day_match = "all")]
