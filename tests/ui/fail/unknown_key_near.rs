//! A slip in a key.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users", method = "GET")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "users", methods = "GET")]
