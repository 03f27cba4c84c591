//! A constant parameter.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
async fn users<const N: usize>() {}

tusk_fn::main!();

// Corrected:
// 6: async fn users() {}
