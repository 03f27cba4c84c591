//! The attribute alone.

use tusk_fn::tusk_fn;

#[tusk_fn]
async fn users() {}

tusk_fn::main!();
