//! A text for an error.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "timer", schedule = "@daily")]
async fn users() -> Result<(), u64> {
    Err(7)
}

tusk_fn::main!();
