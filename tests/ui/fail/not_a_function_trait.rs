//! On a trait.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
trait Users {}

tusk_fn::main!();
