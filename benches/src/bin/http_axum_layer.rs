//! The reference for HTTP with one tower layer around the handlers.

use std::error::Error;

use tokio::net::TcpListener;
use tower::util::MapResponseLayer;
use tusk_fn_benches::axum_app::{router, stamp};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let port = std::env::var("PORT")?.parse()?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    axum::serve(listener, router().layer(MapResponseLayer::new(stamp))).await?;
    Ok(())
}
