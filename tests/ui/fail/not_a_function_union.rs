//! On a union.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
union Users {
    number: u8,
}

tusk_fn::main!();
