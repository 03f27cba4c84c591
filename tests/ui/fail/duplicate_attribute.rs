//! The attribute twice on one function: a name of its own is needed.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
#[tusk_fn(trigger = "http", route = "people")]
async fn users() {}

tusk_fn::main!();
