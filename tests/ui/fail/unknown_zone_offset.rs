//! A distance from UTC.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "timer", schedule = "@daily", tz = "+02:00")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "timer", schedule = "@daily", tz = "Africa/Cairo")]
