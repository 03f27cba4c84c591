//! A zone as Windows names it.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "timer", schedule = "@daily", tz = "W. Europe Standard Time")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "timer", schedule = "@daily", tz = "Europe/Berlin")]
