//! Methods in one text.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users", methods = "GET, POST")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "users", methods = ["GET", "POST"])]
