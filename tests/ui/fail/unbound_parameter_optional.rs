//! An optional parameter that no argument takes.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users/<id?>")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 6: async fn users(id: Option<u64>) {}
