//! On a macro.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
macro_rules! users {
    () => {};
}

tusk_fn::main!();
