//! A whole address.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "https://example.com/users")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "users")]
