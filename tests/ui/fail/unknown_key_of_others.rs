//! Another framework's word for a route.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", path = "users")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "users")]
