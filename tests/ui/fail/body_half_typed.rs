//! A half-typed body gives rustc's own error only.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
async fn users() -> String {
    let name = ;
    name
}

#[tusk_fn(trigger = "timer", schedule = "@daily")]
async fn sweep() {
    let _ = users().await;
}

tusk_fn::main!();
