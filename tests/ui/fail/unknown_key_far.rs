//! A key that no trigger has.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users", colour = "blue")]
async fn users() {}

tusk_fn::main!();
