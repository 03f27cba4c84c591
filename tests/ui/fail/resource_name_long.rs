//! A name that is too long.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "queue", queue = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
async fn handle() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "queue", queue = "a")]
