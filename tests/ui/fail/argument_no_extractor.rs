//! A type that is no extractor.

use tusk_fn::tusk_fn;

struct Database;

#[tusk_fn(trigger = "http", route = "users")]
async fn users(database: Database) {
    let _ = database;
}

tusk_fn::main!();

// Corrected:
// 5: #[derive(Clone)]
// 5: struct Database;
// 8: async fn users(database: tusk_fn::State<Database>) {
