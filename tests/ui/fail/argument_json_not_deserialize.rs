//! JSON of a type that cannot be read.

use tusk_fn::prelude::*;

struct Order;

#[tusk_fn(trigger = "http", route = "users")]
async fn place(Json(order): Json<Order>) {
    let _ = order;
}

tusk_fn::main!();
