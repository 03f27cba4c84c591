//! A slip in a method.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users", methods = ["GETT"])]
async fn users() {}

tusk_fn::main!();
