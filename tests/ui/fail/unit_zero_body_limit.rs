//! No body at all.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users", body_limit = "0B")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "users", body_limit = "1KB")]
