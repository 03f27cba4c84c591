//! No `async`.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
fn users() {}

tusk_fn::main!();

// Corrected:
// 6: async fn users() {}
