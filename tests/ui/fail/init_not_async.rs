//! An init that is not async.

#[tusk_fn::init]
fn connect() -> u64 {
    1
}

tusk_fn::main!();

// Corrected:
// 4: async fn connect() -> u64 {
