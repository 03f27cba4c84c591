//! An output as documentation is written.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "queue", queue = "orders")]
async fn handle(#[secret(name = "key")] key: Secret<String>) {
    let _ = key;
}

tusk_fn::main!();

// Corrected:
// 6: async fn handle(#[secret("key")] key: Secret<String>) {
