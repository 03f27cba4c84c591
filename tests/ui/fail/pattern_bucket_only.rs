//! The path of a blob: a bucket alone.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "blob", path = "uploads")]
async fn handle() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "blob", path = "uploads/<path..>")]
// 6: async fn handle(path: String) {}
