//! A name that all paths begin with.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users", targets = ["azure"], name = "api")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "users", targets = ["azure"], name = "users")]
