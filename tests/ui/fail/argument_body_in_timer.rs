//! An HTTP argument in a timer.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "timer", schedule = "@daily")]
async fn sweep(Json(order): Json<u64>) {
    let _ = order;
}

tusk_fn::main!();

// Corrected:
// 6: async fn sweep(timer: Timer) {
// 7:     let _ = timer;
