//! A blank in a name.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users", name = "all users")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "users", name = "all-users")]
