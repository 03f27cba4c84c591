//! Two parameters that no argument takes: two errors.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users/<user>/posts/<post>")]
async fn users() {}

tusk_fn::main!();
