//! A name that no argument can have.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users/<user-id>")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "users/<user_id>")]
// 6: async fn users(user_id: String) {}
