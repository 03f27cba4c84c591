//! A number in a function for a blob.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "blob", path = "uploads/a.csv")]
async fn handle(number: u32) {
    let _ = number;
}

tusk_fn::main!();

// Corrected:
// 6: async fn handle(number: Blob) {
