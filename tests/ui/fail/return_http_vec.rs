//! A list.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
async fn users() -> Vec<String> {
    Vec::new()
}

tusk_fn::main!();

// Corrected:
// 6: async fn users() -> tusk_fn::Json<Vec<String>> {
// 7:     tusk_fn::Json(Vec::new())
