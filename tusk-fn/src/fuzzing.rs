//! What the fuzz targets call.

pub use crate::provider::aws::fuzz::decode_any as decode_aws;
pub use crate::provider::fuzz::{decode_azure, decode_container};
pub use crate::provider::local::cloud::fuzz as decode_local;
