//! An argument that no parameter binds.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
async fn users(id: u64) {
    let _ = id;
}

tusk_fn::main!();

// Corrected:
// 6: async fn users(tusk_fn::Json(id): tusk_fn::Json<u64>) {
