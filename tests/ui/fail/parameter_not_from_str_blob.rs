//! A part of a name as a type that no text is.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "blob", path = "uploads/<name>.csv")]
async fn handle(name: Vec<u8>) {
    let _ = name;
}

tusk_fn::main!();

// Corrected:
// 6: async fn handle(name: String) {
