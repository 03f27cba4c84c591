//! Cosmos DB: documents of a container by their id, which is their partition's key too ("Azure Cosmos DB: REST API Reference",
//! "Documents").
//!
//! A write is conditional on the tag that the document had when it was read.

use std::fmt::Write as _;
use std::time::Instant;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use super::identity::Service;
use super::place::Place;
use super::{Answer, Call, Client, none_foreseen};
use crate::provider::client::error::{Cause, ClientError, Fault};
use crate::provider::client::json;

const VERSION: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-ms-version"), HeaderValue::from_static("2018-12-31"));
const PARTITION: HeaderName = HeaderName::from_static("x-ms-documentdb-partitionkey");
const UPSERT: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-ms-documentdb-is-upsert"), HeaderValue::from_static("True"));
/// An answer to a write is not to repeat the document.
const MINIMAL: (HeaderName, HeaderValue) =
    (HeaderName::from_static("prefer"), HeaderValue::from_static("return=minimal"));
const JSON: (HeaderName, HeaderValue) = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));

/// "Azure Cosmos DB service quotas": a document in JSON.
const LARGEST: usize = 2 << 20;

/// What stands in a path as it is.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A document as it was read.
#[derive(Debug, PartialEq)]
pub(crate) struct Document {
    pub(crate) fields: Map<String, Value>,
    /// Another one after each write.
    pub(crate) tag: String,
}

/// What became of a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Write {
    /// It is done. The document's tag, if it is there.
    Done(Option<String>),
    /// The document is not as it was to be.
    Refused {
        /// Whether no attempt before could have done it: the answer to one may be lost.
        is_first: bool,
    },
}

impl Client {
    /// The document of that id, if it is there.
    ///
    /// # Errors
    /// The container did not give it.
    pub(crate) async fn get_document(
        &self,
        place: &Place,
        id: &str,
        deadline: Option<Instant>,
    ) -> Result<Option<Document>, ClientError> {
        let call = Call { foreseen: is_absent, ..of_document("Get Document", place, id, Method::GET)? };
        let answer = self.call(&call, deadline).await?;
        if answer.status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        let mut fields: Map<String, Value> = json::read(&answer.body).map_err(|fault| call.failed(fault))?;
        let Some(Value::String(tag)) = fields.remove("_etag") else { return Err(call.failed(Cause::Unreadable)) };
        Ok(Some(Document { fields, tag }))
    }

    /// Writes a document, also over another one.
    ///
    /// # Errors
    /// The container did not take it.
    pub(crate) async fn upsert_document(
        &self,
        place: &Place,
        id: &str,
        fields: &Map<String, Value>,
        deadline: Option<Instant>,
    ) -> Result<Write, ClientError> {
        let mut call = into_container(place, id, fields)?;
        call.headers.push(UPSERT);
        self.write(&call, deadline).await
    }

    /// Writes a document where there is none.
    ///
    /// # Errors
    /// The container did not take it, for another reason than that.
    pub(crate) async fn create_document(
        &self,
        place: &Place,
        id: &str,
        fields: &Map<String, Value>,
        deadline: Option<Instant>,
    ) -> Result<Write, ClientError> {
        let call = Call { foreseen: |status, _| status == StatusCode::CONFLICT, ..into_container(place, id, fields)? };
        self.write(&call, deadline).await
    }

    /// Writes a document in the place of the one with that tag.
    ///
    /// # Errors
    /// The container did not take it, for another reason than that.
    pub(crate) async fn replace_document(
        &self,
        place: &Place,
        id: &str,
        fields: &Map<String, Value>,
        tag: &str,
        deadline: Option<Instant>,
    ) -> Result<Write, ClientError> {
        let mut call = of_document("Replace Document", place, id, Method::PUT)?;
        call.body = written(&call, fields)?;
        call.headers.extend([JSON, MINIMAL, if_match(&call, tag)?]);
        call.foreseen = is_another;
        self.write(&call, deadline).await
    }

    /// Deletes a document, or only the one with that tag.
    ///
    /// # Errors
    /// The container did not do it, for another reason than that.
    pub(crate) async fn delete_document(
        &self,
        place: &Place,
        id: &str,
        tag: Option<&str>,
        deadline: Option<Instant>,
    ) -> Result<Write, ClientError> {
        let mut call = of_document("Delete Document", place, id, Method::DELETE)?;
        call.foreseen = is_another;
        if let Some(tag) = tag {
            call.headers.push(if_match(&call, tag)?);
        }
        self.write(&call, deadline).await
    }

    async fn write(&self, call: &Call<'_>, deadline: Option<Instant>) -> Result<Write, ClientError> {
        let Answer { status, headers, is_first, .. } = self.call(call, deadline).await?;
        if !status.is_success() {
            return Ok(Write::Refused { is_first });
        }
        let tag = headers.get(header::ETAG).and_then(|tag| tag.to_str().ok());
        Ok(Write::Done(tag.map(str::to_owned)))
    }
}

/// Whether it is the document that is not there, and not its container.
fn is_absent(status: StatusCode, substatus: u32) -> bool {
    status == StatusCode::NOT_FOUND && substatus == 0
}

/// Whether the document is another one by now, or gone.
fn is_another(status: StatusCode, substatus: u32) -> bool {
    status == StatusCode::PRECONDITION_FAILED || is_absent(status, substatus)
}

fn of_document<'a>(
    operation: &'static str,
    place: &'a Place,
    id: &str,
    method: Method,
) -> Result<Call<'a>, ClientError> {
    let call = Call {
        service: Service::CosmosDb,
        operation,
        resource: place.name(),
        method,
        url: format!("{}/docs/{}", place.url(), utf8_percent_encode(id, SEGMENT)),
        headers: vec![VERSION],
        body: Bytes::new(),
        foreseen: none_foreseen,
    };
    in_partition(call, id)
}

fn into_container<'a>(place: &'a Place, id: &str, fields: &Map<String, Value>) -> Result<Call<'a>, ClientError> {
    let mut call = of_document("Create Document", place, id, Method::POST)?;
    call.url = format!("{}/docs", place.url());
    call.body = written(&call, fields)?;
    call.headers.extend([JSON, MINIMAL]);
    Ok(call)
}

/// The partition is that of the id. A header is of ASCII, and JSON can be.
fn in_partition<'a>(mut call: Call<'a>, id: &str) -> Result<Call<'a>, ClientError> {
    let quoted = Value::from(id).to_string();
    let mut ascii = String::with_capacity(quoted.len() + 2);
    ascii.push('[');
    for unit in quoted.encode_utf16() {
        match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii() && !byte.is_ascii_control() => ascii.push(char::from(byte)),
            _ => {
                // Writing to a text does not fail.
                let _ = write!(ascii, "\\u{unit:04x}");
            }
        }
    }
    ascii.push(']');
    let value = HeaderValue::try_from(ascii).map_err(|_| call.failed(Cause::Unwritable))?;
    call.headers.push((PARTITION, value));
    Ok(call)
}

fn written(call: &Call<'_>, fields: &Map<String, Value>) -> Result<Bytes, ClientError> {
    let body = json::write(fields).map_err(|fault: Fault| call.failed(fault))?;
    if body.len() > LARGEST {
        return Err(call.failed(Cause::TooLarge { size: body.len(), limit: LARGEST }));
    }
    Ok(body)
}

fn if_match(call: &Call<'_>, tag: &str) -> Result<(HeaderName, HeaderValue), ClientError> {
    let tag = HeaderValue::from_str(tag).map_err(|_| call.failed(Cause::Unwritable))?;
    Ok((header::IF_MATCH, tag))
}
