//! A state that cannot be shared.

use std::cell::Cell;

#[tusk_fn::init]
async fn connect() -> Cell<u64> {
    Cell::new(0)
}

tusk_fn::main!();
