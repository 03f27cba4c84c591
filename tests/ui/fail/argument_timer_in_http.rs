//! A timer's argument in an HTTP function.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "http", route = "users")]
async fn users(timer: Timer) {
    let _ = timer;
}

tusk_fn::main!();

// Corrected:
// 6: async fn users(timer: Context) {
