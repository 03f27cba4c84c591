//! A parameter that is taken as JSON.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users/<id>")]
async fn users(id: tusk_fn::Json<u64>) {
    let _ = id;
}

tusk_fn::main!();

// Corrected:
// 6: async fn users(id: u64) {
