//! AWS's JSON protocols: the operation in a header, its input and its output as JSON.

use std::time::Instant;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::endpoint::Service;
use super::error::{Cause, ClientError, Fault};
use super::{Call, Client};

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
        resource: &str,
        input: &(impl Serialize + Sync),
        deadline: Option<Instant>,
    ) -> Result<T, ClientError> {
        let failed = |fault| ClientError::new(operation.name, resource, fault);
        let body =
            serde_json::to_vec(input).map_err(|error| failed(Fault::caused(Cause::Unwritable, Box::new(error))))?;
        let call = Call {
            service: operation.service,
            operation: operation.name,
            resource,
            headers: &[("content-type", operation.version), ("x-amz-target", operation.target)],
            body: Bytes::from(body),
            refusal,
        };
        let answer = self.call(&call, deadline).await?;
        // The position says enough; the text around it may be what a user keeps secret.
        serde_json::from_slice(&answer)
            .map_err(|error| failed(Fault::caused(Cause::Unreadable, position(&error).into())))
    }
}

fn position(error: &serde_json::Error) -> String {
    format!("unexpected at line {}, column {}", error.line(), error.column())
}

fn refusal(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Fault {
    // A map, since services disagree on the keys' case, and a proxy answers anything.
    let said: Map<String, Value> = serde_json::from_slice(body).unwrap_or_default();
    let said = |name: &str| said.get(name).and_then(Value::as_str);
    let header = headers.get("x-amzn-errortype").and_then(|value| value.to_str().ok());
    let code = header.or_else(|| said("__type")).or_else(|| said("code")).map(bare).unwrap_or_default();
    Fault::refused(code, Some(status), said("message").or_else(|| said("Message")))
}

/// The code without its namespace (`com.amazonaws.sqs#`) and without what some services append (`:http://…`).
fn bare(code: &str) -> &str {
    let code = code.split(':').next().unwrap_or(code);
    code.rsplit('#').next().unwrap_or(code)
}
