//! The order of AWS: minutes first, and a year.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "timer", schedule = "0 18 ? * MON-FRI *")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "timer", schedule = "0 0 18 * * MON-FRI")]
