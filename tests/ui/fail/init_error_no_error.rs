//! An error that is none.

struct Failed;

#[tusk_fn::init]
async fn connect() -> Result<u64, Failed> {
    Err(Failed)
}

tusk_fn::main!();
