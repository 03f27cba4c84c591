//! AWS's Query protocol, which only SNS still speaks: a form in, XML out.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::endpoint::{Place, Service};
use super::refusal::refused;
use super::{Answer, Call, Client};
use crate::provider::client::error::{Cause, ClientError, Fault};
use crate::provider::client::retry::Patience;

/// An operation of a service that takes forms.
pub(super) struct Operation {
    pub(super) service: Service,
    /// As AWS names it.
    pub(super) name: &'static str,
    /// The version of the service's interface.
    pub(super) version: &'static str,
}

/// The fields of a form.
pub(super) type Form = Vec<(String, String)>;

impl Client {
    /// Calls an operation.
    pub(super) async fn call_query<T: DeserializeOwned>(
        &self,
        operation: &Operation,
        place: Place<'_>,
        mut input: Form,
        patience: impl Into<Patience>,
    ) -> Result<T, ClientError> {
        let failed = |fault| ClientError::new(operation.name, place.name, fault);
        input.push(("Action".to_owned(), operation.name.to_owned()));
        input.push(("Version".to_owned(), operation.version.to_owned()));
        let body = serde_urlencoded::to_string(input)
            .map_err(|error| failed(Fault::caused(Cause::Unwritable, Box::new(error))))?;
        let call = Call {
            service: operation.service,
            operation: operation.name,
            place,
            headers: &[("content-type", "application/x-www-form-urlencoded; charset=utf-8")],
            body: Bytes::from(body),
            refusal,
            foreseen: None,
        };
        let (Answer::Done(body) | Answer::Foreseen(body)) = self.call(&call, patience.into()).await?;
        read(&body).ok_or_else(|| failed(Cause::Unreadable.into()))
    }
}

fn read<T: DeserializeOwned>(xml: &[u8]) -> Option<T> {
    quick_xml::de::from_str(std::str::from_utf8(xml).ok()?).ok()
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct ErrorResponse {
    error: Refused,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Refused {
    code: String,
    message: Option<String>,
}

fn refusal(status: StatusCode, _: &HeaderMap, body: &[u8]) -> Fault {
    let ErrorResponse { error } = read(body).unwrap_or_default();
    refused(&error.code, Some(status), error.message.as_deref())
}
