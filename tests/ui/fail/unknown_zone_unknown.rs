//! A slip in a zone.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "timer", schedule = "@daily", tz = "Europe/Berln")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "timer", schedule = "@daily", tz = "Europe/Berlin")]
