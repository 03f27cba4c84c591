//! A segment that clients remove.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users/../admin")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "admin")]
