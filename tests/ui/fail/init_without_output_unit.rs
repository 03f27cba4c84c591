//! An init that makes nothing, and says so.

#[tusk_fn::init]
async fn connect() -> () {}

tusk_fn::main!();
