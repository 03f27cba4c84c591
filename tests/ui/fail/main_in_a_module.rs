//! `library!` that is not at the root.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
async fn users() {}

mod inner {
    tusk_fn::library!();
}

fn main() {}
