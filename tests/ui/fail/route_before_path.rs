//! A method before the path.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "POST /users")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "users", methods = ["POST"])]
