//! No schedule.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "timer", schedule = "")]
async fn users() {}

tusk_fn::main!();
