//! How a message is laid out in the file.
//!
//! Two records a message: a small one that changes with each attempt and is read when the store opens, and the content, which
//! is written once. So neither a failure nor opening the store touches bodies. Numbers are little-endian; texts and byte strings
//! have their length before them.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;

use super::error::Fault;
use super::message::{Death, Put};

/// The part of a message that changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// The queue's number.
    pub(super) queue: u32,
    /// When it can be received, in microseconds.
    pub(super) visible_at: i64,
    /// How many attempts have failed.
    pub(super) attempts: u32,
    pub(super) group: Option<Arc<str>>,
    pub(super) death: Option<Death>,
}

/// The part of a message that does not change.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Content {
    pub(super) enqueued_at: i64,
    pub(super) head: Bytes,
    pub(super) attributes: BTreeMap<String, String>,
    pub(super) body: Bytes,
}

/// A duration from the epoch as a timestamp.
pub(super) fn timestamp(microseconds: i64) -> Timestamp {
    let nearest = if microseconds < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_microsecond(microseconds).unwrap_or(nearest)
}

impl Entry {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = Encoder::default();
        out.bytes(&self.queue.to_le_bytes());
        out.bytes(&self.visible_at.to_le_bytes());
        out.bytes(&self.attempts.to_le_bytes());
        out.option(self.group.as_ref(), |out, group| out.text(group));
        out.option(self.death.as_ref(), |out, death| {
            out.text(&death.queue);
            out.text(&death.reason);
            out.bytes(&death.attempts.to_le_bytes());
            out.bytes(&death.at.as_microsecond().to_le_bytes());
        });
        out.0
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        Decoder { rest: bytes }.entry().map_err(|_| Fault::Damaged("a message's state is unreadable".to_owned()))
    }
}

/// What stands before a message's body in its content.
pub(super) fn encode_preamble(put: &Put) -> Vec<u8> {
    let mut out = Encoder::default();
    out.bytes(&put.enqueued_at.as_microsecond().to_le_bytes());
    out.length(put.head.len());
    out.bytes(&put.head);
    out.length(put.attributes.len());
    for (name, value) in &put.attributes {
        out.text(name);
        out.text(value);
    }
    out.0
}

impl Content {
    /// Reads a content with one copy: head and body are parts of it.
    pub(super) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let whole = Bytes::copy_from_slice(bytes);
        Decoder { rest: &whole }
            .content(&whole)
            .map_err(|_| Fault::Damaged("a message's content is unreadable".to_owned()))
    }
}

#[derive(Default)]
struct Encoder(Vec<u8>);

impl Encoder {
    fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// A length. The limits keep all of them far below what 32 bits hold.
    fn length(&mut self, length: usize) {
        self.bytes(&u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.length(text.len());
        self.bytes(text.as_bytes());
    }

    fn option<T>(&mut self, value: Option<T>, encode: impl FnOnce(&mut Self, T)) {
        self.0.push(u8::from(value.is_some()));
        if let Some(value) = value {
            encode(self, value);
        }
    }
}

/// The bytes end too early or make no sense.
struct Unreadable;

/// Reads from the front.
struct Decoder<'a> {
    rest: &'a [u8],
}

impl<'a> Decoder<'a> {
    fn array<const N: usize>(&mut self) -> Result<[u8; N], Unreadable> {
        let (array, rest) = self.rest.split_first_chunk::<N>().ok_or(Unreadable)?;
        self.rest = rest;
        Ok(*array)
    }

    fn u32(&mut self) -> Result<u32, Unreadable> {
        self.array().map(u32::from_le_bytes)
    }

    fn i64(&mut self) -> Result<i64, Unreadable> {
        self.array().map(i64::from_le_bytes)
    }

    fn slice(&mut self) -> Result<&'a [u8], Unreadable> {
        let length = usize::try_from(self.u32()?).map_err(|_| Unreadable)?;
        let (slice, rest) = self.rest.split_at_checked(length).ok_or(Unreadable)?;
        self.rest = rest;
        Ok(slice)
    }

    fn text(&mut self) -> Result<&'a str, Unreadable> {
        std::str::from_utf8(self.slice()?).map_err(|_| Unreadable)
    }

    fn option<T>(&mut self, decode: impl FnOnce(&mut Self) -> Result<T, Unreadable>) -> Result<Option<T>, Unreadable> {
        match self.array()? {
            [0] => Ok(None),
            [1] => decode(self).map(Some),
            _ => Err(Unreadable),
        }
    }

    fn entry(&mut self) -> Result<Entry, Unreadable> {
        let (queue, visible_at, attempts) = (self.u32()?, self.i64()?, self.u32()?);
        let group = self.option(|it| it.text().map(Arc::from))?;
        let death = self.option(|it| {
            Ok(Death {
                queue: it.text()?.into(),
                reason: it.text()?.to_owned(),
                attempts: it.u32()?,
                at: timestamp(it.i64()?),
            })
        })?;
        if self.rest.is_empty() { Ok(Entry { queue, visible_at, attempts, group, death }) } else { Err(Unreadable) }
    }

    fn content(&mut self, whole: &Bytes) -> Result<Content, Unreadable> {
        let enqueued_at = self.i64()?;
        let head = whole.slice_ref(self.slice()?);
        let count = self.u32()?;
        let mut attributes = BTreeMap::new();
        for _ in 0..count {
            attributes.insert(self.text()?.to_owned(), self.text()?.to_owned());
        }
        Ok(Content { enqueued_at, head, attributes, body: whole.slice_ref(self.rest) })
    }
}
