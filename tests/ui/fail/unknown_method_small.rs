//! A method in small letters.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users", methods = ["get"])]
async fn users() {}

tusk_fn::main!();
