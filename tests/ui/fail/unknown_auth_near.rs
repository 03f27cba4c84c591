//! A slip in `auth`.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users", auth = "publik")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "users", auth = "public")]
