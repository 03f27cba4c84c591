//! A result of which neither part can be returned: two errors.

use tusk_fn::tusk_fn;

struct User;

struct Failed;

#[tusk_fn(trigger = "http", route = "users")]
async fn users() -> Result<User, Failed> {
    Err(Failed)
}

tusk_fn::main!();
