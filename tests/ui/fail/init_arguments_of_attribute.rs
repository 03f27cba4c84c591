//! An init with keys.

#[tusk_fn::init(name = "users")]
async fn connect() -> u64 {
    1
}

tusk_fn::main!();

// Corrected:
// 3: #[tusk_fn::init]
