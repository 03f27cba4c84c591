//! `trigger = "stream"`: a record of a stream, in the order of its partition.

use serde::{Deserialize, Serialize};

use super::{Parameter, Unique};
use crate::attribute::Key;
use crate::reader::Reader;

/// A function that handles the records of a stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stream {
    /// The stream's logical name.
    pub stream: String,
    /// How many records come at once, at most.
    #[serde(default = "default_batch", skip_serializing_if = "is_default_batch")]
    pub batch_size: u32,
    /// Where it begins when it is deployed for the first time.
    #[serde(default)]
    pub from: From,
}

/// How many records come at once if the attribute does not say.
pub const DEFAULT_BATCH: u32 = 100;

fn default_batch() -> u32 {
    DEFAULT_BATCH
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_default_batch(size: &u32) -> bool {
    *size == DEFAULT_BATCH
}

/// Where a function begins to read a stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum From {
    /// With the oldest record that the stream still has, so that none is missed.
    #[default]
    Oldest,
    /// With the records that come after it was deployed.
    Latest,
}

impl From {
    /// Each with the word that `from = "…"` takes.
    pub const ALL: [(&str, Self); 2] = [("oldest", Self::Oldest), ("latest", Self::Latest)];
}

impl Stream {
    pub(super) const KEYS: &[Key] = &[
        Key::required("stream", "\"clicks\""),
        Key::optional("batch_size", "100"),
        Key::optional("from", "\"latest\""),
    ];

    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let stream = reader.required_resource("stream");
        let batch_size = reader.number("batch_size", 1, super::queue::MOST_BATCH);
        let from = reader.choice("from", &From::ALL);
        Some(Self {
            stream: stream?,
            batch_size: batch_size.ok()?.unwrap_or(DEFAULT_BATCH),
            from: from.ok()?.unwrap_or_default(),
        })
    }

    pub(super) fn what(&self) -> String {
        self.stream.clone()
    }

    #[expect(clippy::unused_self, reason = "every kind of trigger answers this")]
    pub(super) fn parameters(&self) -> Vec<Parameter> {
        Vec::new()
    }

    #[expect(clippy::unused_self, reason = "every kind of trigger answers this")]
    pub(super) fn uniques(&self) -> Vec<Unique> {
        Vec::new()
    }
}
