//! A target twice.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users", targets = ["aws", "aws"])]
async fn users() {}

tusk_fn::main!();
