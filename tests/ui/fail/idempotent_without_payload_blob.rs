//! A path in the payload of an object.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "blob", path = "uploads/orders.csv", idempotent = "order.id")]
async fn handle() {}

tusk_fn::main!();
