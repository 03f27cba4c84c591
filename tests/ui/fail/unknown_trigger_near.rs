//! A slip in the trigger.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "htpp", route = "users")]
async fn users() {}

tusk_fn::main!();
