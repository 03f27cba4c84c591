//! `extern`.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
async extern "C" fn users() {}

tusk_fn::main!();

// Corrected:
// 6: async fn users() {}
