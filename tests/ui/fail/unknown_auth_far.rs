//! A level that does not exist.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users", auth = "secret")]
async fn users() {}

tusk_fn::main!();
