//! Longer than API Gateway waits.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users", timeout = "2m", targets = ["aws"])]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "users", timeout = "30s", targets = ["aws"])]
