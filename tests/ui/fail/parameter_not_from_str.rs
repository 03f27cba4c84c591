//! A parameter whose type cannot be read from a text.

use tusk_fn::tusk_fn;

struct UserId(u64);

#[tusk_fn(trigger = "http", route = "users/<id>")]
async fn users(id: UserId) {
    let _ = id;
}

tusk_fn::main!();

// Corrected:
// 8: async fn users(id: u64) {
