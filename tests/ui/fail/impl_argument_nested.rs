//! `impl Trait` within a type.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
async fn users(name: Option<impl ToString>) {
    let _ = name.is_some();
}

tusk_fn::main!();
