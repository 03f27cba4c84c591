//! A bool for a text.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = true)]
async fn users() {}

tusk_fn::main!();
