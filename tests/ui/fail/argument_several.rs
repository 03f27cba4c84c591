//! Each bad argument is one error: four errors.

use tusk_fn::prelude::*;

struct Database;

#[tusk_fn(trigger = "http", route = "users/<id>/<page?>")]
async fn users(id: Database, page: u64, database: Database, timer: Timer) {
    let _ = (id, page, database, timer);
}

tusk_fn::main!();
