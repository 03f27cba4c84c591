//! An identifier that is too long for a name.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
async fn aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "users", name = "a")]
