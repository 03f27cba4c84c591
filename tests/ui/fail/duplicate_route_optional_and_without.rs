//! An optional parameter left out is the shorter route.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users/<id?>")]
async fn first(id: Option<u64>) {}

#[tusk_fn(trigger = "http", route = "users")]
async fn second() {}

tusk_fn::main!();
