//! Key Vault: secrets by their URL ("Get Secret").

use std::time::Instant;

use bytes::Bytes;
use http::Method;
use serde::Deserialize;

use super::identity::Service;
use super::place::Place;
use super::{Call, Client, none_foreseen};
use crate::provider::client::error::ClientError;
use crate::provider::client::json;

const VERSION: &str = "7.4";

impl Client {
    /// A secret's current value, or that of the version which the URL names.
    ///
    /// # Errors
    /// It is not there, or was not given.
    pub(crate) async fn get_secret(&self, place: &Place, deadline: Option<Instant>) -> Result<Bytes, ClientError> {
        #[derive(Deserialize)]
        struct Given {
            value: String,
        }
        let call = Call {
            service: Service::KeyVault,
            operation: "Get Secret",
            resource: place.name(),
            method: Method::GET,
            url: format!("{}?api-version={VERSION}", place.url()),
            headers: Vec::new(),
            body: Bytes::new(),
            foreseen: none_foreseen,
        };
        let answer = self.call(&call, deadline).await?;
        let given: Given = json::read(&answer.body).map_err(|fault| call.failed(fault))?;
        Ok(given.value.into())
    }
}
