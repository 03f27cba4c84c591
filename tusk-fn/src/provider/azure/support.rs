//! Opens what functions send to, store in and read.
//!
//! It is reached through a function pointer that only such functions' registrations hold, so that a program without them
//! carries no client.
//!
//! The host also takes outputs in the answer to an event, by bindings. They are not used: a function would not be told that
//! sending failed, nor which id a message was given; what it sent would be lost with an answer that comes too late; a request that the host
//! passes on has no such answer; and a table cannot be written on a condition.

use std::sync::Arc;

use crate::output::Cloud;

/// See [`OpenCloud`](crate::provider::OpenCloud).
#[cfg(feature = "azure-clients")]
pub(crate) fn open_cloud() -> Result<Arc<dyn Cloud>, String> {
    Ok(Arc::new(super::cloud::AzureCloud::open()?))
}

/// See [`OpenCloud`](crate::provider::OpenCloud).
#[cfg(not(feature = "azure-clients"))]
pub(crate) fn open_cloud() -> Result<Arc<dyn Cloud>, String> {
    Err(crate::provider::without_clients(crate::provider::Provider::Azure))
}
