//! A parameter within a segment.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users/<name>.json")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "users/<file>")]
// 6: async fn users(file: String) {}
