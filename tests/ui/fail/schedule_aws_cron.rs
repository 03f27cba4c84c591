//! As AWS writes it.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "timer", schedule = "cron(0 10 * * ? *)")]
async fn users() {}

tusk_fn::main!();
