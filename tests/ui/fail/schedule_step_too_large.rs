//! A step across the end of the hour.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "timer", schedule = "0 */90 * * * *")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "timer", schedule = "0 0 */2 * * *")]
