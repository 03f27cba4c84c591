//! No `main!`, and an init.

#[tusk_fn::init]
async fn connect() -> u64 {
    1
}

fn main() {}
