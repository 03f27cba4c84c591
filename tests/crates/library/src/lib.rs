//! Functions in a library.

use tusk_fn::prelude::*;

/// Answers in the library.
#[tusk_fn(trigger = "http", route = "shared/<id>", name = "of-the-library")]
pub async fn shared(id: u64) -> String {
    id.to_string()
}

tusk_fn::library!();
