//! An identifier that gives no name.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
async fn _users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "users", name = "users")]
