//! As AWS writes it.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "timer", schedule = "rate(5 minutes)")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "timer", schedule = "0 */5 * * * *")]
