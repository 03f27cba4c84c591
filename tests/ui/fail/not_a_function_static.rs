//! On a static.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
static USERS: u8 = 0;

tusk_fn::main!();
