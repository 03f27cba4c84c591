//! A misspelt change.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "database", table = "stock", events = ["inserted"])]
async fn handle() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "database", table = "stock", events = ["insert"])]
