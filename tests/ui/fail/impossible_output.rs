//! An output where this version has none.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "http", route = "orders", methods = ["POST"], targets = ["azure"])]
async fn handle(#[queue("orders")] _orders: Sender<String>) {}

tusk_fn::main!();
