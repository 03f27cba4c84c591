//! A month written out wrongly.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "timer", schedule = "0 0 0 1 Janaury *")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "timer", schedule = "0 0 0 1 JAN *")]
