//! Seconds where the scheduler has none.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "timer", schedule = "*/10 * * * * *", targets = ["aws"])]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "timer", schedule = "0 * * * * *", targets = ["aws"])]
