//! A state that cannot be cloned.

use tusk_fn::prelude::*;

struct Database;

#[tusk_fn(trigger = "http", route = "users")]
async fn users(database: State<Database>) {
    let _ = database;
}

tusk_fn::main!();
