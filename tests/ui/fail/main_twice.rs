//! `main!` and `library!`.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
async fn users() {}

tusk_fn::library!();

tusk_fn::main!();
