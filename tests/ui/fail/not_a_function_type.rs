//! On a type alias.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
type Users = String;

tusk_fn::main!();
