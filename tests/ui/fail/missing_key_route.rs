//! No route.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http")]
async fn users() {}

tusk_fn::main!();
