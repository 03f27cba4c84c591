//! No `main!`.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
async fn users() {}

fn main() {}

// Corrected:
// 8: tusk_fn::main!();
