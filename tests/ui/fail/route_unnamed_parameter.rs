//! A parameter without a name.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users/<>")]
async fn users() {}

tusk_fn::main!();
