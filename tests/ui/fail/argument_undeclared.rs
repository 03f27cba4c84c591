//! A type that does not exist is rustc's own error.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
async fn users(database: Database) {
    let _ = database;
}

tusk_fn::main!();
