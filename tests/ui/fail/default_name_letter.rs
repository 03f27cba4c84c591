//! A letter that no name has.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
async fn größe() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "users", name = "size")]
