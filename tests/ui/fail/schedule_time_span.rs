//! As .NET writes an interval.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "timer", schedule = "00:05:00")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "timer", schedule = "0 */5 * * * *")]
