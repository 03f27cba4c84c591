//! axum's JSON of a type that cannot be read.

use tusk_fn::tusk_fn;

struct Order;

#[tusk_fn(trigger = "http", route = "users")]
async fn place(order: axum::Json<Order>) {
    let _ = order;
}

tusk_fn::main!();
