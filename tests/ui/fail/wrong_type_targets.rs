//! A bool for targets.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users", targets = false)]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "users")]
