//! An error that is none.

use tusk_fn::tusk_fn;

struct Failed;

#[tusk_fn(trigger = "timer", schedule = "@daily")]
async fn users() -> Result<(), Failed> {
    Err(Failed)
}

tusk_fn::main!();
