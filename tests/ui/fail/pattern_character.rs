//! The path of a blob: a line feed.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "blob", path = "uploads/a\nb")]
async fn handle() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "blob", path = "uploads/a-b")]
