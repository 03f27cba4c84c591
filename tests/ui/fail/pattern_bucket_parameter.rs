//! The path of a blob: a bucket that is a parameter.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "blob", path = "<bucket>/a.csv")]
async fn handle() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "blob", path = "uploads/a.csv")]
