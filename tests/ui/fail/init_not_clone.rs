//! A state that cannot be cloned.

struct Database;

#[tusk_fn::init]
async fn connect() -> Database {
    Database
}

tusk_fn::main!();
