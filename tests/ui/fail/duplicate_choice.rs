//! A change twice.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "database", table = "stock", events = ["insert", "insert"])]
async fn handle() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "database", table = "stock", events = ["insert"])]
