//! A slip in a size.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users", memory = "256M")]
async fn users() {}

tusk_fn::main!();
