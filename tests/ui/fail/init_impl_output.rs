//! A type that nobody can name.

#[tusk_fn::init]
async fn connect() -> impl Clone {
    1
}

tusk_fn::main!();

// Corrected:
// 4: async fn connect() -> u64 {
