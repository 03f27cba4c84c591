//! A number for a schedule.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "timer", schedule = 5)]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "timer", schedule = "0 */5 * * * *")]
