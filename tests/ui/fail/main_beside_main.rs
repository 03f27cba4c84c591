//! `main!` and a `main` of one's own.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
async fn users() {}

fn main() {}

tusk_fn::main!();

// Corrected:
// 10: tusk_fn::library!();
