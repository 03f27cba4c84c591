//! The path of a blob: a part that may be left out.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "blob", path = "uploads/<a?>")]
async fn handle() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "blob", path = "uploads/<a>")]
// 6: async fn handle(a: String) {}
