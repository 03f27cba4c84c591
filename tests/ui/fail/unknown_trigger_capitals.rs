//! The trigger in capitals.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "HTTP", route = "users")]
async fn users() {}

tusk_fn::main!();
