//! A zone as Kubernetes once took it.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "timer", schedule = "TZ=Europe/Berlin 0 9 * * *")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "timer", schedule = "0 9 * * *", tz = "Europe/Berlin")]
