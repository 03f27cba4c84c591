//! A slip in a target.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users", targets = ["azur"])]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "users", targets = ["azure"])]
