//! Two functions for any method.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users", methods = "any")]
async fn first() {}

#[tusk_fn(trigger = "http", route = "users", methods = ["any"])]
async fn second() {}

tusk_fn::main!();
