//! The axum application as a Lambda, through `lambda_http`.

use lambda_http::{Error, tracing};
use tusk_fn_benches::axum_app::router;

#[tokio::main]
async fn main() -> Result<(), Error> {
    tracing::init_default_subscriber();
    lambda_http::run(router()).await
}
