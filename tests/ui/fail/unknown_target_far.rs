//! A target that does not exist.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users", targets = ["heroku"])]
async fn users() {}

tusk_fn::main!();
