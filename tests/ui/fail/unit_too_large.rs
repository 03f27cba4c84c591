//! More than can be counted in a duration.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users", timeout = "99999999999999999999s")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "users", timeout = "30s")]
