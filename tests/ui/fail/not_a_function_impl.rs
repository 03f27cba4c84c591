//! On an impl block.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
impl Users {}

struct Users;

tusk_fn::main!();
