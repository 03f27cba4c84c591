//! On an enum.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
enum Users {}

tusk_fn::main!();
