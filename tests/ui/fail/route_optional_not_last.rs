//! An optional parameter before the end.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "<lang?>/users")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "users/<lang?>")]
// 6: async fn users(lang: Option<String>) {}
