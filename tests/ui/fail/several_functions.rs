//! Each function has its own error, and a faulty one no second: three errors.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "http", route = "/users")]
async fn users() {}

#[tusk_fn(trigger = "http", route = "orders", methods = ["POST"])]
async fn place(number: u64) {
    let _ = number;
    users().await;
}

#[tusk_fn(trigger = "timer", schedule = "0 */5 * * * *")]
async fn sweep(query: Query<Page>) {
    let _ = query;
}

#[derive(serde::Deserialize)]
struct Page {}

tusk_fn::main!();
