//! JSON, which a timer needs not.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "timer", schedule = "@daily")]
async fn users() -> Json<u64> {
    Json(7)
}

tusk_fn::main!();
