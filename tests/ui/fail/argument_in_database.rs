//! A number in a function for a database.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "database", table = "stock")]
async fn handle(number: u32) {
    let _ = number;
}

tusk_fn::main!();

// Corrected:
// 6: async fn handle(number: Change<u32>) {
