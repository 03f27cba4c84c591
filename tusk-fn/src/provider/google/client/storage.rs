//! Cloud Storage: buckets, through `object_store`, over this client's connections and with its tokens.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use object_store::ObjectStore;
use object_store::client::CredentialProvider;
use object_store::gcp::{GcpCredential, GoogleCloudStorageBuilder};

use super::environment::{Admission, Service};
use super::{Client, Shared};
use crate::provider::client::buckets::{RETRIES, Wire};

/// How long a token is waited for.
const TOKEN: Duration = Duration::from_secs(10);

impl Client {
    /// A bucket. It is not asked whether it is there.
    ///
    /// # Errors
    /// The name cannot be a bucket's.
    pub(crate) fn bucket(&self, name: &str) -> object_store::Result<Arc<dyn ObjectStore>> {
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte)) {
            let source = format!("`{name}` is no name of a bucket").into();
            return Err(object_store::Error::NotSupported { source });
        }
        let place = self.shared.environment.place(Service::Storage);
        let bucket = GoogleCloudStorageBuilder::new()
            .with_base_url(place.url.trim_end_matches('/'))
            .with_bucket_name(name)
            .with_credentials(Arc::new(Credentials(Arc::clone(&self.shared))))
            .with_retry(RETRIES)
            .with_http_connector(Wire::new(self.shared.transport.clone(), None))
            .build()?;
        Ok(Arc::new(bucket))
    }
}

/// This client's tokens, as `object_store` takes them.
struct Credentials(Arc<Shared>);

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credentials(…)")
    }
}

#[async_trait]
impl CredentialProvider for Credentials {
    type Credential = GcpCredential;

    async fn get_credential(&self) -> object_store::Result<Arc<GcpCredential>> {
        let Shared { environment, tokens, .. } = &*self.0;
        let bearer = match environment.place(Service::Storage).admission {
            Admission::Token => {
                let token = tokens.get(Service::Storage.emulator(), Instant::now() + TOKEN).await;
                let token = token.map_err(|fault| object_store::Error::Generic {
                    store: "Cloud Storage",
                    source: Box::new(fault.cause),
                });
                token?.text()
            }
            Admission::Owner | Admission::None => String::new(),
        };
        Ok(Arc::new(GcpCredential { bearer }))
    }
}
