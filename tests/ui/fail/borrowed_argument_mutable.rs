//! A borrowed argument.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
async fn users(names: &'static mut [String]) {
    let _ = names;
}

tusk_fn::main!();
