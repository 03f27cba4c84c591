//! Firestore: documents of a collection by their id (`googleapis`, "google/firestore/v1/firestore.proto" and "write.proto").
//!
//! A document's name stands in bodies only, never in a URL, and so needs no encoding there. What a document says of the time
//! of its last change, to the microsecond, is its version: a write may demand it.

use std::time::Instant;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::environment::Service;
use super::{Call, Client, path};
use crate::provider::client::error::{Cause, ClientError, Fault};
use crate::provider::client::json;

/// A collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Collection<'a> {
    /// As in `projects/p/databases/(default)/documents/stock`.
    pub(crate) name: &'a str,
    /// As in `projects/p/databases/(default)`.
    pub(crate) database: &'a str,
}

/// A document that is there.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Found {
    /// Each with its type.
    pub(crate) fields: Map<String, Value>,
    /// When it was written last, in microseconds since 1970.
    pub(crate) version: u64,
}

/// What must hold for a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Precondition {
    /// The document is not there.
    Absent,
    /// The document is there, in this version.
    Version(u64),
}

/// What became of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Write {
    /// It was done; the version that it made, unless it was a deletion.
    Done(u64),
    /// The precondition does not hold.
    Failed {
        /// Whether that may be the effect of the write itself: it was attempted again after an answer was lost.
        perhaps_done: bool,
    },
}

impl Client {
    /// The document of that id, if it is there.
    ///
    /// # Errors
    /// The database did not give it.
    pub(crate) async fn get_document(
        &self,
        collection: Collection<'_>,
        id: &str,
        deadline: Option<Instant>,
    ) -> Result<Option<Found>, ClientError> {
        let mut call = call("BatchGetDocuments", collection, "batchGet");
        let body = json::write(&BatchGet { documents: [name(collection, id)] });
        call.body = Some(body.map_err(|fault| call.error(fault))?);
        let (answer, _) = self.call(&call, deadline).await;
        answer.and_then(|body| found(&body)).map_err(|fault| call.error(fault))
    }

    /// Writes a document, also over another one, or deletes it where there are no fields.
    ///
    /// # Errors
    /// The database did not do it, for another reason than the precondition.
    pub(crate) async fn commit(
        &self,
        collection: Collection<'_>,
        id: &str,
        fields: Option<Map<String, Value>>,
        precondition: Option<Precondition>,
        deadline: Option<Instant>,
    ) -> Result<Write, ClientError> {
        let mut call = call("Commit", collection, "commit");
        let name = name(collection, id);
        let operation = match fields {
            Some(fields) => Operation::Update(Document { name, fields }),
            None => Operation::Delete(name),
        };
        let is_deletion = matches!(operation, Operation::Delete(_));
        let condition = precondition.map(Condition::of).transpose().map_err(|fault| call.error(fault))?;
        let write = WriteOperation { operation, current_document: condition };
        call.body = Some(json::write(&Commit { writes: [write] }).map_err(|fault| call.error(fault))?);
        match self.call(&call, deadline).await {
            (Ok(body), _) if is_deletion => json::read(&body).map(|Nothing {}| Write::Done(0)),
            (Ok(body), _) => written(&body).map(Write::Done),
            (Err(fault), attempts) if precondition.is_some_and(|it| it.is_unmet(&fault)) => {
                Ok(Write::Failed { perhaps_done: attempts > 1 })
            }
            (Err(fault), _) => Err(fault),
        }
        .map_err(|fault| call.error(fault))
    }
}

fn call<'a>(operation: &'static str, collection: Collection<'a>, method: &str) -> Call<'a> {
    Call {
        service: Service::Firestore,
        operation,
        resource: collection.name,
        path: format!("v1/{}/documents:{method}", path(collection.database)),
        body: None,
    }
}

fn name(collection: Collection<'_>, id: &str) -> String {
    format!("{}/{id}", collection.name)
}

impl Precondition {
    /// Whether the refusal is of this.
    fn is_unmet(self, fault: &Fault) -> bool {
        match self {
            Self::Absent => fault.code() == Some("ALREADY_EXISTS"),
            Self::Version(_) => matches!(fault.code(), Some("FAILED_PRECONDITION" | super::refusal::NOT_FOUND)),
        }
    }
}

#[derive(Serialize)]
struct BatchGet {
    documents: [String; 1],
}

/// One of the parts of an answer. A part may have no document at all.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Part {
    found: Option<Read>,
    missing: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Read {
    #[serde(default)]
    fields: Map<String, Value>,
    update_time: Timestamp,
}

fn found(body: &[u8]) -> Result<Option<Found>, Fault> {
    let parts: Vec<Part> = json::read(body)?;
    for Part { found, missing } in parts {
        if let Some(Read { fields, update_time }) = found {
            return Ok(Some(Found { fields, version: version(update_time)? }));
        }
        if missing.is_some() {
            return Ok(None);
        }
    }
    Err(Cause::Unreadable.into())
}

#[derive(Serialize)]
struct Commit {
    writes: [WriteOperation; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WriteOperation {
    #[serde(flatten)]
    operation: Operation,
    #[serde(skip_serializing_if = "Option::is_none")]
    current_document: Option<Condition>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Operation {
    Update(Document),
    Delete(String),
}

#[derive(Serialize)]
struct Document {
    name: String,
    fields: Map<String, Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Condition {
    Exists(bool),
    UpdateTime(Timestamp),
}

impl Condition {
    fn of(precondition: Precondition) -> Result<Self, Fault> {
        match precondition {
            Precondition::Absent => Ok(Self::Exists(false)),
            Precondition::Version(version) => {
                let time = i64::try_from(version).ok().and_then(|it| Timestamp::from_microsecond(it).ok());
                time.map(Self::UpdateTime).ok_or_else(|| Cause::Unwritable.into())
            }
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Committed {
    write_results: [Written; 1],
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    update_time: Timestamp,
}

/// What is of no interest in an answer.
#[derive(Deserialize)]
struct Nothing {}

fn written(body: &[u8]) -> Result<u64, Fault> {
    let Committed { write_results: [Written { update_time }] } = json::read(body)?;
    version(update_time)
}

fn version(time: Timestamp) -> Result<u64, Fault> {
    u64::try_from(time.as_microsecond()).map_err(|_| Cause::Unreadable.into())
}
