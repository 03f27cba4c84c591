//! The smaller unit first in a duration.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users", timeout = "1s1m")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "users", timeout = "1m1s")]
