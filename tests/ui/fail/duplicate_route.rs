//! Two functions of one route.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
async fn first() {}

#[tusk_fn(trigger = "http", route = "users")]
async fn second() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "people")]
