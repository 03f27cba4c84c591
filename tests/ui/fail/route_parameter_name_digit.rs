//! A name that no argument can have, nor one like it.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users/<1>")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "users/<id>")]
// 6: async fn users(id: String) {}
