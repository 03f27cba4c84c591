//! What only functions with outputs need of Google. A program without them carries no client.

#[cfg(not(deployed_without_clients))]
use std::sync::Arc;

#[cfg(not(deployed_without_clients))]
use crate::output::Cloud;

/// See [`OpenCloud`](crate::provider::OpenCloud).
#[cfg(all(feature = "google-clients", not(deployed_without_clients)))]
pub(crate) fn open_cloud() -> Result<Arc<dyn Cloud>, String> {
    Ok(Arc::new(super::cloud::GoogleCloud::open()?))
}

/// See [`OpenCloud`](crate::provider::OpenCloud).
#[cfg(not(any(feature = "google-clients", deployed_without_clients)))]
pub(crate) fn open_cloud() -> Result<Arc<dyn Cloud>, String> {
    Err(crate::provider::without_clients(crate::provider::Provider::Google))
}
