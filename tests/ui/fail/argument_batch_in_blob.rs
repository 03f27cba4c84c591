//! A batch of blobs.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "blob", path = "uploads/a.csv")]
async fn handle(batch: Batch<Blob>) {
    let _ = batch;
}

tusk_fn::main!();

// Corrected:
// 6: async fn handle(batch: Blob) {
