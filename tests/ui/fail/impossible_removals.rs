//! Removals where the change feed tells of none.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "database", table = "stock", events = ["remove"], targets = ["azure"])]
async fn handle(_: Change<u32>) {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "database", table = "stock", events = ["remove"], targets = ["aws"])]
