//! A zone where the platform has only UTC.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "timer", schedule = "0 0 9 * * *", tz = "Europe/Berlin", targets = ["azure"])]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "timer", schedule = "0 0 8 * * *", targets = ["azure"])]
