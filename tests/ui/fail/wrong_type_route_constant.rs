//! A constant for a text.

use tusk_fn::tusk_fn;

const ROUTE: &str = "users";

#[tusk_fn(trigger = "http", route = ROUTE)]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 7: #[tusk_fn(trigger = "http", route = "users")]
