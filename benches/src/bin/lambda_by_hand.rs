//! The reference on AWS: the two handlers on `lambda_runtime` and `aws_lambda_events`, in the form of their README.

use lambda_runtime::{Error, service_fn, tracing};
use tusk_fn_benches::by_hand::handle;

#[tokio::main]
async fn main() -> Result<(), Error> {
    tracing::init_default_subscriber();
    lambda_runtime::run(service_fn(handle)).await
}
