//! An init that makes nothing.

#[tusk_fn::init]
async fn connect() {}

tusk_fn::main!();

// Corrected:
// 4: async fn connect() -> u64 { 7 }
