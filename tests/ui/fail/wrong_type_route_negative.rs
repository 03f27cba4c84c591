//! A negative number for a text.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = -1)]
async fn users() {}

tusk_fn::main!();
