//! A brace that is not closed.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users/{id")]
async fn users(id: u64) {
    let _ = id;
}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "users/<id>")]
