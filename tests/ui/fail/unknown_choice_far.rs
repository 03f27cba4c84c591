//! Where no stream begins.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "stream", stream = "clicks", from = "yesterday")]
async fn handle() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "stream", stream = "clicks", from = "latest")]
