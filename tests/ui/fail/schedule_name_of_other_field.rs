//! The order of AWS, without its `?`.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "timer", schedule = "0 12 * * MON *")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "timer", schedule = "0 0 12 * * MON")]
