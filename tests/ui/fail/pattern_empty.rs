//! The path of a blob: nothing.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "blob", path = "")]
async fn handle() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "blob", path = "uploads/a.csv")]
