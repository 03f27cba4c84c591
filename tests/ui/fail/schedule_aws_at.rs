//! As AWS writes one moment.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "timer", schedule = "at(2026-01-01T00:00:00)")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "timer", schedule = "0 0 0 1 1 *")]
