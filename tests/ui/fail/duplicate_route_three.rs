//! Three functions of one route, an error for each pair: three errors.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
async fn first() {}

#[tusk_fn(trigger = "http", route = "users")]
async fn second() {}

#[tusk_fn(trigger = "http", route = "users")]
async fn third() {}

tusk_fn::main!();
