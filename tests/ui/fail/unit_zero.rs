//! Zero in a duration.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users", timeout = "0s")]
async fn users() {}

tusk_fn::main!();
