//! A program with functions of its own and of a library.

use library as _;
use tusk_fn::prelude::*;

/// A more special route than the library's.
#[tusk_fn(trigger = "http", route = "shared/me")]
async fn me() -> &'static str {
    "me"
}

tusk_fn::main!();
