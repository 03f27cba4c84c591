//! Less memory than AWS gives.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users", memory = "64MB", targets = ["aws"])]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "users", memory = "128MB", targets = ["aws"])]
