//! `_` for a type.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
async fn users(name: _) {}

tusk_fn::main!();

// Corrected:
// 6: async fn users(name: String) {}
