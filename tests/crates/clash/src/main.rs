//! Declares the route of the library again, with another parameter's name: it compiles, and does not link.

use library as _;
use tusk_fn::prelude::*;

/// The same paths.
#[tusk_fn(trigger = "http", route = "shared/<name>")]
async fn again(name: String) -> String {
    name
}

tusk_fn::main!();
