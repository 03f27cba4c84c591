//! What cannot be read does not hide the signature's faults: two errors.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route)]
fn users() {}

tusk_fn::main!();
