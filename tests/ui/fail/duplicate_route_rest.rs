//! Two routes that match the same paths.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "files/<a..>")]
async fn first(a: String) {}

#[tusk_fn(trigger = "http", route = "files/<b..>")]
async fn second(b: String) {}

tusk_fn::main!();
