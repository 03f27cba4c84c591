//! A key, and nothing after `=`.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route =)]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "users")]
