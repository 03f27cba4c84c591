//! A slip in a size.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users", memory = "256M")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "users", memory = "256MB")]
