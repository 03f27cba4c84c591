//! A half-typed body beside a faulty attribute.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "/users")]
async fn users() -> String {
    let name = String::new().
}

tusk_fn::main!();
