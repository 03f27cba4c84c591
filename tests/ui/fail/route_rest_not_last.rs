//! A rest before the end.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "<path..>/users")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "users/<path..>")]
// 6: async fn users(path: String) {}
