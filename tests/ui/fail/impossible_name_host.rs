//! A name that is the host's own.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users", targets = ["azure"], name = "host")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "users", targets = ["azure"], name = "users")]
