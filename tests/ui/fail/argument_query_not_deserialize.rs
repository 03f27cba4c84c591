//! A query of a type that cannot be read.

use tusk_fn::prelude::*;

struct Page;

#[tusk_fn(trigger = "http", route = "users")]
async fn orders(page: Query<Page>) {
    let _ = page;
}

tusk_fn::main!();
