//! A place alone.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "timer", schedule = "@daily", tz = "Berlin")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "timer", schedule = "@daily", tz = "Europe/Berlin")]
