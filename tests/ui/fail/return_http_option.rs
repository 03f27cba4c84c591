//! An option.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
async fn users() -> Option<String> {
    None
}

tusk_fn::main!();
