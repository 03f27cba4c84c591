//! An empty list of targets.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users", targets = [])]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "users", targets = ["aws"])]
