//! No value.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "timer", schedule = "0 0 9:30 * * *")]
async fn users() {}

tusk_fn::main!();
