//! Two functions of one name.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "a", name = "same")]
async fn first() {}

#[tusk_fn(trigger = "http", route = "b", name = "same")]
async fn second() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "a", name = "another")]
