//! A method that does not exist.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users", methods = ["FETCH"])]
async fn users() {}

tusk_fn::main!();
