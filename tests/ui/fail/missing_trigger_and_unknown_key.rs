//! No trigger, and a key that no trigger has: two errors.

use tusk_fn::tusk_fn;

#[tusk_fn(routes = "users")]
async fn users() {}

tusk_fn::main!();
