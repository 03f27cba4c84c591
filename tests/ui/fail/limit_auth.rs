//! A level of `auth` that AWS has not.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users", auth = "admin", targets = ["aws"])]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "users", auth = "admin", targets = ["azure"])]
