//! No schedule.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "timer")]
async fn users() {}

tusk_fn::main!();
