//! A blob without a path.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "blob", events = ["deleted"])]
async fn handle() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "blob", path = "uploads/a.csv", events = ["deleted"])]
