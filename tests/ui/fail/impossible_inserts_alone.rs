//! Inserts alone where the change feed does not tell them from modifications.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "database", table = "stock", events = ["insert"], targets = ["azure"])]
async fn handle(_: Change<u32>) {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "database", table = "stock", events = ["insert", "modify"], targets = ["azure"])]
