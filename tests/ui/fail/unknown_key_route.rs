//! A misspelt key that must be there is not missing as well.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "http", rout = "users")]
async fn users() {}

tusk_fn::main!();
