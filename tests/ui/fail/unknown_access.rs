//! Access that is none.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "queue", queue = "orders")]
async fn handle(#[table("stock", access = "readonly")] stock: Table<u32>) {
    let _ = stock;
}

tusk_fn::main!();

// Corrected:
// 6: async fn handle(#[table("stock", access = "read")] stock: Table<u32>) {
