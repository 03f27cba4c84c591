//! An output whose name is none.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "queue", queue = "orders")]
async fn handle(#[table("Stock")] stock: Table<u32>) {
    let _ = stock;
}

tusk_fn::main!();

// Corrected:
// 6: async fn handle(#[table("stock")] stock: Table<u32>) {
