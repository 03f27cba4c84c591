//! The path of a blob: a bucket in capitals.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "blob", path = "Uploads/a.csv")]
async fn handle() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "blob", path = "uploads/a.csv")]
