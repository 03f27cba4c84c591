//! `trigger = "blob"`: an object of a bucket was written or deleted.

use serde::{Deserialize, Serialize};

use super::{Arity, Parameter, Unique};
use crate::attribute::Key;
use crate::fault::FaultKind;
use crate::pattern::{BlobPath, Piece};
use crate::reader::Reader;

/// A function that runs for objects of a bucket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blob {
    /// The bucket and the pattern of the names in it.
    pub path: BlobPath,
    /// What must have happened to an object.
    pub events: Vec<BlobEvent>,
}

/// What happened to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BlobEvent {
    /// It was written, also over an earlier one.
    Created,
    /// It was deleted. In a bucket that keeps versions this is the object, not the end of one of its versions.
    Deleted,
}

impl BlobEvent {
    /// Each with the word that `events = […]` takes.
    pub const ALL: [(&str, Self); 2] = [("created", Self::Created), ("deleted", Self::Deleted)];
}

impl Blob {
    pub(super) const KEYS: &[Key] =
        &[Key::required("path", "\"uploads/<name>.csv\""), Key::optional("events", "[\"created\"]")];

    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let text = reader.required_text("path");
        let events = reader.choices("events", &BlobEvent::ALL);
        let text = text?;
        let path = text.value.parse().map_err(|error: crate::pattern::PatternError| {
            reader.push(text.fault_within(error.range.clone(), FaultKind::Pattern(error)));
        });
        Some(Self { path: path.ok()?, events: events.ok()?.unwrap_or_else(|| vec![BlobEvent::Created]) })
    }

    pub(super) fn what(&self) -> String {
        let events: Vec<&str> =
            BlobEvent::ALL.iter().filter(|(_, event)| self.events.contains(event)).map(|(name, _)| *name).collect();
        format!("{} {}", self.path, events.join(","))
    }

    pub(super) fn parameters(&self) -> Vec<Parameter> {
        let parameter = |piece: &Piece| {
            let arity = if matches!(piece, Piece::Rest(_)) { Arity::Rest } else { Arity::One };
            piece.parameter().map(|name| Parameter { name: name.to_owned(), arity })
        };
        self.path.pieces().iter().filter_map(parameter).collect()
    }

    #[expect(clippy::unused_self, reason = "every kind of trigger answers this")]
    pub(super) fn uniques(&self) -> Vec<Unique> {
        Vec::new()
    }
}
