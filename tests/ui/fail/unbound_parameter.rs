//! A parameter that no argument takes.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users/<id>")]
async fn users() {}

tusk_fn::main!();
