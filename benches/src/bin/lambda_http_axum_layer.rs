//! The axum application with one tower layer as a Lambda, through `lambda_http`.

use lambda_http::{Error, tracing};
use tower::util::MapResponseLayer;
use tusk_fn_benches::axum_app::{router, stamp};

#[tokio::main]
async fn main() -> Result<(), Error> {
    tracing::init_default_subscriber();
    lambda_http::run(router().layer(MapResponseLayer::new(stamp))).await
}
