//! Neither async nor owned: two errors.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
fn users(name: &str) {
    let _ = name;
}

tusk_fn::main!();
