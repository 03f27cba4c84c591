//! On a struct.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
struct Users;

tusk_fn::main!();

// Corrected:
// 6: async fn users() {}
