//! A level that comes later.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users", auth = "jwt")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "users", auth = "platform")]
