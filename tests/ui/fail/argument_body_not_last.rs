//! The body before another argument.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "http", route = "users")]
async fn place(Json(order): Json<u64>, context: Context) {
    let _ = (order, context);
}

tusk_fn::main!();

// Corrected:
// 6: async fn place(context: Context, Json(order): Json<u64>) {
