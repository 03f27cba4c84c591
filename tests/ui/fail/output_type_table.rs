//! A table that is a sender.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "queue", queue = "orders")]
async fn handle(#[table("stock")] stock: Sender<u32>) {
    let _ = stock;
}

tusk_fn::main!();

// Corrected:
// 6: async fn handle(#[table("stock")] stock: Table<u32>) {
