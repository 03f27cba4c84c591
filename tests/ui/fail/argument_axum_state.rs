//! axum's `State`, which needs axum's router.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
async fn users(value: axum::extract::State<u64>) {
    let _ = value;
}

tusk_fn::main!();

// Corrected:
// 6: async fn users(value: tusk_fn::State<u64>) {
