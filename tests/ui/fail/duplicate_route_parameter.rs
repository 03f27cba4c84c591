//! Two routes that match the same paths.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users/<id>")]
async fn first(id: u64) {}

#[tusk_fn(trigger = "http", route = "users/<name>")]
async fn second(name: String) {}

tusk_fn::main!();
