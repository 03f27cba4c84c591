//! An event of many types.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "queue", queue = "orders")]
async fn handle(#[event("com.example.*")] paid: Sender<u32>) {
    let _ = paid;
}

tusk_fn::main!();

// Corrected:
// 6: async fn handle(#[event("com.example.paid")] paid: Sender<u32>) {
