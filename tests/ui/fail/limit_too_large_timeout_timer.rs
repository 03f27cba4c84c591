//! Longer than Lambda waits.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "timer", schedule = "@daily", timeout = "1h", targets = ["aws"])]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "timer", schedule = "@daily", timeout = "15m", targets = ["aws"])]
