//! A macro without its `@`.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "timer", schedule = "daily")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "timer", schedule = "@daily")]
