//! A number with a unit for a duration.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users", timeout = 30s)]
async fn users() {}

tusk_fn::main!();
