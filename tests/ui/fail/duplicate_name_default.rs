//! A name that is another function's default name.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "a")]
async fn list_users() {}

#[tusk_fn(trigger = "http", route = "b", name = "list-users")]
async fn second() {}

tusk_fn::main!();
