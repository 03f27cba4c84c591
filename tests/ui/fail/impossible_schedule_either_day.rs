//! Either day where the scheduler wants both.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "timer", schedule = "0 0 0 13 * FRI", day_match = "any", targets = ["azure"])]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "timer", schedule = "0 0 0 13 * *", targets = ["azure"])]
