//! An output that a platform has not.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "http", route = "orders", methods = ["POST"], targets = ["knative"])]
async fn handle(#[table("stock")] _stock: Table<u32>) {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "orders", methods = ["POST"], targets = ["aws"])]
