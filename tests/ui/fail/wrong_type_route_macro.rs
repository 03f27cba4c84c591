//! A macro for a text.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = concat!("a", "b"))]
async fn users() {}

tusk_fn::main!();
