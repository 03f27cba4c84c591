//! Two functions at the root.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "/")]
async fn first() {}

#[tusk_fn(trigger = "http", route = "/")]
async fn second() {}

tusk_fn::main!();
