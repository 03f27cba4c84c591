//! A program whose functions misbehave in every way that the suite wants to see.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "http", route = "panic")]
async fn panics() -> &'static str {
    panic!("on purpose")
}

tusk_fn::main!();
