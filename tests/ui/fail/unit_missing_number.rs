//! No number in a duration.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users", timeout = "s")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "users", timeout = "30s")]
