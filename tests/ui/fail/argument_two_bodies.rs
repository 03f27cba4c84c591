//! Two arguments that consume the body.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "http", route = "users")]
async fn place(text: String, Json(order): Json<u64>) {
    let _ = (text, order);
}

tusk_fn::main!();

// Corrected:
// 6: async fn place(text: HeaderMap, Json(order): Json<u64>) {
