//! A table of which no change is wanted.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "database", table = "stock", events = [])]
async fn handle() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "database", table = "stock")]
