//! Seven fields, as Quartz has them.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "timer", schedule = "0 0 12 ? * 2-6 2026")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "timer", schedule = "0 0 12 ? * MON-FRI")]
