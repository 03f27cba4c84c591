//! axum's `ConnectInfo`, which needs axum's router.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
async fn users(value: axum::extract::ConnectInfo<std::net::SocketAddr>) {
    let _ = value;
}

tusk_fn::main!();
