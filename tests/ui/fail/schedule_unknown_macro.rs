//! A macro that does not exist.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "timer", schedule = "@dayly")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "timer", schedule = "@daily")]
