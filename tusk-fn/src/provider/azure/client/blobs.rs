//! Containers of a storage account, through `object_store`, over this client's connections and with its tokens.

use std::sync::Arc;
use std::time::SystemTime;

use async_trait::async_trait;
use object_store::azure::{AzureCredential, MicrosoftAzureBuilder};
use object_store::client::CredentialProvider;
use object_store::{Error, ObjectStore};

use super::Client;
use super::identity::Service;
use super::place::Place;
use crate::provider::client::buckets::{RETRIES, Wire};
use crate::provider::client::error::ClientError;
use crate::provider::client::retry::{Patience, persist};

impl Client {
    /// A container. It is not asked whether it is there.
    ///
    /// # Errors
    /// The URL is none of a container.
    pub(crate) fn container(&self, place: &Place) -> object_store::Result<Arc<dyn ObjectStore>> {
        let unfit = || Error::NotSupported { source: format!("`{}` is no name of a container", place.name()).into() };
        let (account, endpoint, container) = place.container().ok_or_else(unfit)?;
        let store = MicrosoftAzureBuilder::new()
            .with_account(account)
            .with_container_name(container)
            .with_endpoint(endpoint)
            .with_credentials(Arc::new(Tokens { client: self.clone() }))
            .with_retry(RETRIES)
            // An answer of Storage repeats nothing of a token.
            .with_http_connector(Wire::new(self.shared.transport.clone(), None))
            .build()?;
        Ok(Arc::new(store))
    }
}

/// The tokens of this client, as `object_store` takes them.
#[derive(Debug)]
struct Tokens {
    client: Client,
}

#[async_trait]
impl CredentialProvider for Tokens {
    type Credential = AzureCredential;

    async fn get_credential(&self) -> object_store::Result<Arc<AzureCredential>> {
        let shared = &self.client.shared;
        let token = persist(&shared.policy, Patience::Until(None), |until| {
            shared.identity.token(&shared.transport, Service::Storage, SystemTime::now(), until)
        });
        let failed = |fault| Error::Generic {
            store: "MicrosoftAzure",
            source: ClientError::new("Get Token", Service::Storage.resource(), fault).into(),
        };
        let token = token.await.map_err(failed)?;
        Ok(Arc::new(AzureCredential::BearerToken(token.to_string())))
    }
}
