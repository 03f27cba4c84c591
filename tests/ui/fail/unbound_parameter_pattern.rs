//! An argument that is a pattern.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users/<id>")]
async fn users(axum::extract::Path(id): axum::extract::Path<u64>) {
    let _ = id;
}

tusk_fn::main!();
