//! A step with a unit.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "timer", schedule = "0 */5m * * * *")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "timer", schedule = "0 */5 * * * *")]
