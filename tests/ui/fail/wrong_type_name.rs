//! A number for a name.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users", name = 7)]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "users", name = "users")]
