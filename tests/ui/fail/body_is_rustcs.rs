//! A fault in the body is rustc's own error, and the only one.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
async fn users() -> String {
    let count: u64 = "seven";
    count.to_string()
}

tusk_fn::main!();
