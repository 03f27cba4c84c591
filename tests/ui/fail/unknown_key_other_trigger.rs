//! A key of another trigger.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users", schedule = "@daily")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "users")]
