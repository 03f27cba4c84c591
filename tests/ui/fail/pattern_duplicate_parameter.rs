//! The path of a blob: a parameter twice.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "blob", path = "uploads/<a>/<a>")]
async fn handle() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "blob", path = "uploads/<a>/<b>")]
// 6: async fn handle(a: String, b: String) {}
