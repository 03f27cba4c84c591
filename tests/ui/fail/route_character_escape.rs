//! A fault after escaped characters.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "caf\u{e9}/a\tb")]
async fn users() {}

tusk_fn::main!();
