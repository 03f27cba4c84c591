//! A slip in a name.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "timer", schedule = "0 0 9 * * MNO")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "timer", schedule = "0 0 9 * * MON")]
