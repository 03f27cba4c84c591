//! An identifier that gives no name.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
async fn _users() {}

tusk_fn::main!();
