//! A body that does not return what its function says.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
async fn users() -> String {
    7
}

tusk_fn::main!();
