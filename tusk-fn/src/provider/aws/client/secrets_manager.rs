//! Secrets Manager: secrets by their name.

use std::fmt;
use std::time::Instant;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::Client;
use super::endpoint::{Place, Service};
use super::json::{Operation, V1_1};
use crate::provider::client::error::{Cause, ClientError};

const GET_SECRET_VALUE: Operation = Operation {
    service: Service::SecretsManager,
    name: "GetSecretValue",
    target: "secretsmanager.GetSecretValue",
    version: V1_1,
};

/// A secret's current value.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum SecretValue {
    Text(String),
    Binary(Bytes),
}

impl fmt::Debug for SecretValue {
    /// Which kind it is, and no more.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text",
            Self::Binary(_) => "Binary",
        })
    }
}

impl Client {
    /// The current value of a secret, by its name or its ARN.
    ///
    /// # Errors
    /// It is not there, or was not given.
    pub(crate) async fn get_secret_value(
        &self,
        secret: &str,
        deadline: Option<Instant>,
    ) -> Result<SecretValue, ClientError> {
        let place = Place::of(secret);
        let input = GetSecretValue { secret_id: secret };
        let answer: Answer = self.call_json(&GET_SECRET_VALUE, place, &input, deadline).await?;
        let value = match (answer.secret_string, answer.secret_binary) {
            (Some(text), _) => Some(SecretValue::Text(text)),
            (None, Some(binary)) => {
                BASE64_STANDARD.decode(binary).ok().map(|binary| SecretValue::Binary(binary.into()))
            }
            (None, None) => None,
        };
        value.ok_or_else(|| ClientError::new(GET_SECRET_VALUE.name, place.name, Cause::Unreadable))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct GetSecretValue<'a> {
    secret_id: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    secret_string: Option<String>,
    secret_binary: Option<String>,
}
