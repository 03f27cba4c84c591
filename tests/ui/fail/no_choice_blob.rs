//! A bucket of which nothing is wanted.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "blob", path = "uploads/a.csv", events = [])]
async fn handle() {}

tusk_fn::main!();
