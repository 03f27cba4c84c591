//! What a function with `trigger = "stream"` takes.

use bytes::Bytes;
use jiff::Timestamp;

use super::{Decode, FromItem, Item, Origin, Raw, encoded, next_id, wrong_item};
use crate::error::Failure;
use crate::output::Encode;
use crate::private::kind;

/// A record of a stream. Its body is read as JSON into `T`; [`Raw`](super::Raw) takes it as it is.
///
/// The records of a partition come in their order. A record that fails is tried again before any later one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Record<T> {
    /// What was written.
    pub body: T,
    /// The key of its partition.
    pub partition: String,
    /// Its number in its partition, as the platform writes it: only good for comparing with itself.
    pub sequence: String,
    /// When it was written, if the platform says so.
    pub time: Option<Timestamp>,
}

impl<T: Encode> Record<T> {
    /// A record that was just written to a partition, as a test delivers it.
    pub fn new(partition: impl Into<String>, body: T) -> Self {
        let time = Some(Timestamp::now());
        Self { body, partition: partition.into(), sequence: next_id("record"), time }
    }

    pub(crate) fn into_raw(self) -> Result<Record<Raw>, Failure> {
        let Self { body, partition, sequence, time } = self;
        Ok(Record { body: encoded(&body)?, partition, sequence, time })
    }
}

impl Record<Raw> {
    /// As a provider decodes it.
    pub(crate) fn into_item(self) -> RecordItem {
        let Self { body: Raw(body), partition, sequence, time } = self;
        RecordItem { body, partition, sequence, time }
    }
}

/// A record as a provider decoded it.
#[derive(Clone, Debug, Default)]
pub struct RecordItem {
    pub(crate) body: Bytes,
    pub(crate) partition: String,
    pub(crate) sequence: String,
    pub(crate) time: Option<Timestamp>,
}

impl<T: Decode> FromItem<kind::Stream> for Record<T> {
    fn from_item(item: &Item, _: &Origin<'_>) -> Result<Self, Failure> {
        let Item::Record(record) = item else { return Err(wrong_item("records", item)) };
        Ok(Self {
            body: T::decode(&record.body)?,
            partition: record.partition.clone(),
            sequence: record.sequence.clone(),
            time: record.time,
        })
    }
}
