//! A list of arguments without an end.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
unsafe extern "C" fn users(_: ...) {}

tusk_fn::main!();

// Corrected:
// 6: async fn users() {}
