//! An init on a struct.

#[tusk_fn::init]
struct Users;

tusk_fn::main!();
