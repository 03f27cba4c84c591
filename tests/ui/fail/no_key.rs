//! A value where a key must stand.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users", 30)]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "users", timeout = "30s")]
