//! An argument that an init cannot have.

use tusk_fn::Context;

#[tusk_fn::init]
async fn connect(context: Context) -> u64 {
    let _ = context;
    1
}

tusk_fn::main!();
