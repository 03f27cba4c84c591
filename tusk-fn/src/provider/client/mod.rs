//! What the clients of every cloud's services share: one call over HTTP, further attempts, and words for what went wrong.
//!
//! - [`environment`]: what variables say, and what is wrong with them
//! - [`tls`], [`transport`]: one request and its answer
//! - [`retry`]: how often, how long after each other, and never past the deadline
//! - [`error`]: what went wrong, without what was sent
//! - [`json`]: bodies that are JSON
//! - [`batch`]: many entries at a time, with an outcome for each
//! - [`buckets`]: these connections, as the crate `object_store` takes them
//! - [`resources`], [`parcels`], [`secrets`]: what a cloud of outputs does alike everywhere
//!
//! What a provider's services want beyond that, stands with the provider.

pub(crate) mod batch;
#[cfg(feature = "blob-store")]
pub(crate) mod buckets;
pub(crate) mod environment;
pub(crate) mod error;
pub(crate) mod json;
pub(crate) mod parcels;
pub(crate) mod resources;
pub(crate) mod retry;
pub(crate) mod secrets;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod tls;
pub(crate) mod transport;

use crate::output::OutputErrorKind;

/// A random number, such as the version of an item.
///
/// # Errors
/// The system gives none.
pub(crate) fn random() -> Result<u64, OutputErrorKind> {
    getrandom::u64().map_err(|error| OutputErrorKind::Other(format!("the system gives no random numbers: {error}")))
}
