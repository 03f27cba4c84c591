//! A state that cannot be cloned, from an init that can fail.

struct Database;

#[tusk_fn::init]
async fn connect() -> Result<Database, std::io::Error> {
    Ok(Database)
}

tusk_fn::main!();
