//! On a module.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
mod users {}

tusk_fn::main!();
