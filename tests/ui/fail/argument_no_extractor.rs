//! A type that is no extractor.

use tusk_fn::tusk_fn;

struct Database;

#[tusk_fn(trigger = "http", route = "users")]
async fn users(database: Database) {
    let _ = database;
}

tusk_fn::main!();

// Corrected:
// 8: async fn users(database: State<Database>) {
