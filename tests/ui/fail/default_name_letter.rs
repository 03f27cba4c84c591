//! A letter that no name has.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
async fn größe() {}

tusk_fn::main!();
