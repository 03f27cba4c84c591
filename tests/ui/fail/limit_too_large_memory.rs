//! More memory than AWS gives.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users", memory = "16GB", targets = ["aws"])]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "users", memory = "10GB", targets = ["aws"])]
