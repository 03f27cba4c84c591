//! The path of a blob: a parameter that no argument can be.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "blob", path = "uploads/<file-name>.csv")]
async fn handle() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "blob", path = "uploads/<file_name>.csv")]
// 6: async fn handle(file_name: String) {}
