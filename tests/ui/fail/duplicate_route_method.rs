//! Two lists of methods with one in common.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users", methods = ["GET", "POST"])]
async fn first() {}

#[tusk_fn(trigger = "http", route = "users", methods = ["PUT", "POST"])]
async fn second() {}

tusk_fn::main!();
