//! A parameter whose name is a keyword.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users/<type>")]
async fn users() {}

tusk_fn::main!();
