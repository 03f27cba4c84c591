//! A number.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
async fn users() -> u64 {
    7
}

tusk_fn::main!();

// Corrected:
// 6: async fn users() -> tusk_fn::Json<u64> {
// 7:     tusk_fn::Json(7)
