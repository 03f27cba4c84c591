//! Memory that is no whole number of megabytes.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users", memory = "200KB")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "users", memory = "1MB")]
