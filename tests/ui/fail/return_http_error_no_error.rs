//! An error that is none.

use tusk_fn::tusk_fn;

struct Failed;

#[tusk_fn(trigger = "http", route = "users")]
async fn users() -> Result<String, Failed> {
    Err(Failed)
}

tusk_fn::main!();
