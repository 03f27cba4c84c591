//! The reference for HTTP: the two handlers in axum, served on loopback at `PORT`.

use std::error::Error;

use tokio::net::TcpListener;
use tusk_fn_benches::axum_app::router;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let port = std::env::var("PORT")?.parse()?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    axum::serve(listener, router()).await?;
    Ok(())
}
