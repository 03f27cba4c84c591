//! An output where this version has none.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "http", route = "orders", methods = ["POST"], targets = ["google"])]
async fn handle(#[queue("orders")] _orders: Sender<String>) {}

tusk_fn::main!();
