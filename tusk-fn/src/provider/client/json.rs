//! Bodies that are JSON.

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::{Cause, Fault};

/// What is sent.
pub(crate) fn write(value: &impl Serialize) -> Result<Bytes, Fault> {
    let written = serde_json::to_vec(value);
    written.map(Bytes::from).map_err(|error| Fault::caused(Cause::Unwritable, Box::new(error)))
}

/// What an answer says. The position of what is wrong says enough; the text around it may be what a user keeps secret.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Fault> {
    let position = |error: serde_json::Error| format!("unexpected at line {}, column {}", error.line(), error.column());
    serde_json::from_slice(body).map_err(|error| Fault::caused(Cause::Unreadable, position(error).into()))
}
