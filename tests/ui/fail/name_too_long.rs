//! A name longer than a DNS label.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users", name = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "users", name = "a")]
