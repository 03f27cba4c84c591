//! An option for a parameter that is always there.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users/<id>")]
async fn users(id: Option<u64>) {
    let _ = id;
}

tusk_fn::main!();

// Corrected:
// 6: async fn users(id: u64) {
