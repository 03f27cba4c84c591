//! What is known of a function after it compiled: the record that travels in the object file.

use std::ops::Range;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::name::is_identifier;
use crate::output::Output;
use crate::provider::Target;
use crate::trigger::Trigger;

/// The version of the record's form. A reader refuses a record of another version.
pub const VERSION: u32 = 1;

/// How long a function may run when it does not say.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

/// A declared function: everything that deployment and dispatch need to know of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FunctionRecord {
    /// The record's version, [`VERSION`].
    pub v: u32,
    /// The function's name, unique in a program.
    pub name: String,
    /// What invokes it.
    pub trigger: Trigger,
    /// How long one invocation may take, in milliseconds, if the attribute says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    /// How much memory it is given, in bytes, if the attribute says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<u64>,
    /// Where it may be deployed; empty means everywhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<Target>,
    /// What makes two deliveries the same, if the function is to be run for one of them only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotent: Option<Idempotent>,
    /// What it sends to, stores in and reads, without repetitions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outputs: Vec<Output>,
    /// The first paragraph of its documentation comment.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub doc: String,
    /// Where it is written.
    pub source: Source,
}

/// What makes two deliveries the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Idempotent {
    /// `idempotent = true`: the delivery's id, so that only what the platform delivers twice is found.
    Delivery,
    /// `idempotent = "order.id"`: the value at that path of the payload, which is JSON.
    Payload(Vec<String>),
}

impl Idempotent {
    /// Reads a path: identifiers, joined by dots. `Err` with the bytes that are wrong.
    pub(crate) fn parse_path(text: &str) -> Result<Self, Range<usize>> {
        let mut keys = Vec::new();
        let mut start = 0;
        for key in text.split('.') {
            if !is_identifier(key) {
                return Err(start..start + key.len());
            }
            keys.push(key.to_owned());
            start += key.len() + 1;
        }
        Ok(Self::Payload(keys))
    }
}

/// Where a function is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The package's name.
    pub package: String,
    /// The module's path, beginning with the crate's name.
    pub module: String,
    /// The function's own name.
    pub function: String,
    /// The source file, as rustc was given it.
    pub file: String,
    /// The line of the function's name, counted from 1.
    pub line: u32,
}

impl FunctionRecord {
    /// How long one invocation may take.
    pub fn timeout(&self) -> Duration {
        self.timeout_ms.map_or(DEFAULT_TIMEOUT, Duration::from_millis)
    }

    /// Whether the function may be deployed to `target`.
    pub fn is_for(&self, target: Target) -> bool {
        self.targets.is_empty() || self.targets.contains(&target)
    }

    /// Reads a record from its line of JSON.
    ///
    /// # Errors
    /// Not JSON, a missing field, a value that the grammar refuses, or a record of another version.
    pub fn from_json(line: &[u8]) -> Result<Self, RecordError> {
        #[derive(Deserialize)]
        struct Versioned {
            v: u32,
        }
        let text = String::from_utf8_lossy(line).into_owned();
        let failed = |source| RecordError::Malformed { text: text.clone(), source };
        let Versioned { v } = serde_json::from_slice(line).map_err(failed)?;
        if v != VERSION {
            return Err(RecordError::Version { found: v });
        }
        serde_json::from_slice(line).map_err(failed)
    }
}

/// A line of the section that is no record.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// Not a record at all.
    #[error("not a function record: {source}: {text}")]
    Malformed {
        /// The line.
        text: String,
        /// Why it could not be read.
        source: serde_json::Error,
    },
    /// A record of another version of tusk-fn.
    #[error(
        "a function record of version {found}, but this program reads version {VERSION}: use the cargo-tusk of the same \
         version as the tusk-fn that the program was built with"
    )]
    Version {
        /// The version found.
        found: u32,
    },
}
