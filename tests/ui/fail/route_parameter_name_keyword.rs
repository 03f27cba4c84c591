//! A name that is a keyword.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users/<self>")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "users/<user>")]
// 6: async fn users(user: String) {}
