//! A table's name with two slashes.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "database", table = "a/b/c")]
async fn handle() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "database", table = "a/b")]
