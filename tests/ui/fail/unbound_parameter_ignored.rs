//! An argument that begins with `_`.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users/<id>")]
async fn users(_id: u64) {}

tusk_fn::main!();
