//! A comma too many.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "timer", schedule = "0 0 9,,17 * * *")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "timer", schedule = "0 0 9,17 * * *")]
