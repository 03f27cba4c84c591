//! A half-typed body beside a faulty attribute: rustc's own and ours: two errors.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "/users")]
async fn users() {
    let name = ;
}

tusk_fn::main!();
