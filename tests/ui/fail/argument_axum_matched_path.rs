//! axum's `MatchedPath`, which needs axum's router.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
async fn users(value: axum::extract::MatchedPath) {
    let _ = value;
}

tusk_fn::main!();
