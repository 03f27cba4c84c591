//! AWS's JSON protocols: the operation in a header, its input and its output as JSON.

use http::{HeaderMap, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::endpoint::{Place, Service};
use super::refusal::refused;
use super::{Answer, Call, Client};
use crate::provider::client::error::{ClientError, Fault};
use crate::provider::client::json;
use crate::provider::client::retry::Patience;

/// An operation of a service that speaks JSON.
pub(super) struct Operation {
    pub(super) service: Service,
    /// As AWS names it.
    pub(super) name: &'static str,
    /// The name with its namespace, for the header.
    pub(super) target: &'static str,
    /// The protocol's version, as a content type.
    pub(super) version: &'static str,
}

/// `AWS JSON 1.0`.
pub(super) const V1_0: &str = "application/x-amz-json-1.0";
/// `AWS JSON 1.1`.
pub(super) const V1_1: &str = "application/x-amz-json-1.1";

impl Client {
    /// Calls an operation.
    pub(super) async fn call_json<T: DeserializeOwned>(
        &self,
        operation: &Operation,
        place: Place<'_>,
        input: &(impl Serialize + Sync),
        patience: impl Into<Patience>,
    ) -> Result<T, ClientError> {
        match self.answer_json(operation, place, input, patience.into(), None).await? {
            Answer::Done(body) | Answer::Foreseen(body) => read(operation, place, &body),
        }
    }

    /// Calls an operation that may be refused with a code that is an answer too.
    pub(super) async fn answer_json(
        &self,
        operation: &Operation,
        place: Place<'_>,
        input: &(impl Serialize + Sync),
        patience: Patience,
        foreseen: Option<&'static str>,
    ) -> Result<Answer, ClientError> {
        let body = json::write(input).map_err(|fault| ClientError::new(operation.name, place.name, fault))?;
        let call = Call {
            service: operation.service,
            operation: operation.name,
            place,
            headers: &[("content-type", operation.version), ("x-amz-target", operation.target)],
            body,
            refusal,
            foreseen,
        };
        self.call(&call, patience).await
    }
}

/// What an answer says.
pub(super) fn read<T: DeserializeOwned>(
    operation: &Operation,
    place: Place<'_>,
    body: &[u8],
) -> Result<T, ClientError> {
    json::read(body).map_err(|fault| ClientError::new(operation.name, place.name, fault))
}

fn refusal(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Fault {
    // A map, since services disagree on the keys' case, and a proxy answers anything.
    let said: Map<String, Value> = serde_json::from_slice(body).unwrap_or_default();
    let said = |name: &str| said.get(name).and_then(Value::as_str);
    let header = headers.get("x-amzn-errortype").and_then(|value| value.to_str().ok());
    let code = header.or_else(|| said("__type")).or_else(|| said("code")).map(bare).unwrap_or_default();
    refused(code, Some(status), said("message").or_else(|| said("Message")))
}

/// The code without its namespace (`com.amazonaws.sqs#`) and without what some services append (`:http://…`).
fn bare(code: &str) -> &str {
    let code = code.split(':').next().unwrap_or(code);
    code.rsplit('#').next().unwrap_or(code)
}
