//! A key that is a keyword.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users", type = "json")]
async fn users() {}

tusk_fn::main!();
