//! A state that cannot be shared.

use std::cell::Cell;

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "http", route = "users")]
async fn users(count: State<Cell<u64>>) {
    let _ = count;
}

tusk_fn::main!();
