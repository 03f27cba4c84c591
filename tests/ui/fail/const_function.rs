//! `const`, which an `async fn` cannot be.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
const fn users() {}

tusk_fn::main!();

// Corrected:
// 6: async fn users() {}
