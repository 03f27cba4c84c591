//! On a constant.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
const USERS: u8 = 0;

tusk_fn::main!();
