//! A parameter twice.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users/<id>/posts/<id>")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "users/<id>/posts/<post>")]
// 6: async fn users(id: String, post: String) {}
