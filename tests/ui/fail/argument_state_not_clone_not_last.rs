//! A state that cannot be cloned, before another argument.

use tusk_fn::prelude::*;

struct Database;

#[tusk_fn(trigger = "http", route = "users")]
async fn users(database: State<Database>, context: Context) {
    let _ = (database, context);
}

tusk_fn::main!();
