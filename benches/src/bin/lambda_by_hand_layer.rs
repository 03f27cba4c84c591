//! The reference on AWS with one tower layer around the handlers.

use lambda_runtime::{Error, service_fn, tracing};
use tower::ServiceExt;
use tusk_fn_benches::by_hand::{handle, stamp};

#[tokio::main]
async fn main() -> Result<(), Error> {
    tracing::init_default_subscriber();
    lambda_runtime::run(service_fn(handle).map_response(stamp)).await
}
