//! An encoded character.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "caf%C3%A9")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "café")]
