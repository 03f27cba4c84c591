//! Two sizes.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users", memory = "1GB512MB")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "users", memory = "1536MB")]
