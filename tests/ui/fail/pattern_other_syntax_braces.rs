//! The path of a blob: braces.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "blob", path = "uploads/{name}.csv")]
async fn handle() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "blob", path = "uploads/<name>.csv")]
// 6: async fn handle(name: String) {}
