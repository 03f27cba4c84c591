//! A number for a text.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = 30)]
async fn users() {}

tusk_fn::main!();
