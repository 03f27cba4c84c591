//! `trigger = "database"`: an item of a table changed.

use serde::{Deserialize, Serialize};

use super::stream::DEFAULT_BATCH;
use super::{Parameter, Unique};
use crate::attribute::Key;
use crate::fault::FaultKind;
use crate::name::resource_like;
use crate::output::table_fault_at;
use crate::reader::Reader;

/// A function that runs for the changes of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Database {
    /// The table's logical name: `table`, or `database/table`.
    pub table: String,
    /// The changes that it wants.
    pub events: Vec<ChangeEvent>,
    /// How many changes come at once, at most.
    #[serde(default = "default_batch", skip_serializing_if = "is_default_batch")]
    pub batch_size: u32,
}

fn default_batch() -> u32 {
    DEFAULT_BATCH
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_default_batch(size: &u32) -> bool {
    *size == DEFAULT_BATCH
}

/// What happened to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChangeEvent {
    /// It was not there before.
    Insert,
    /// It was there, and is another now.
    Modify,
    /// It is no longer there.
    Remove,
}

impl ChangeEvent {
    /// Each with the word that `events = […]` takes.
    pub const ALL: [(&str, Self); 3] = [("insert", Self::Insert), ("modify", Self::Modify), ("remove", Self::Remove)];
}

impl Database {
    pub(super) const KEYS: &[Key] = &[
        Key::required("table", "\"shop/stock\""),
        Key::optional("events", "[\"insert\", \"modify\"]"),
        Key::optional("batch_size", "100"),
    ];

    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let table = read_table(reader);
        let events = reader.choices("events", &ChangeEvent::ALL);
        let batch_size = reader.number("batch_size", 1, super::queue::MOST_BATCH);
        Some(Self {
            table: table?,
            events: events.ok()?.unwrap_or_else(|| ChangeEvent::ALL.map(|(_, event)| event).to_vec()),
            batch_size: batch_size.ok()?.unwrap_or(DEFAULT_BATCH),
        })
    }

    pub(super) fn what(&self) -> String {
        let events: Vec<&str> =
            ChangeEvent::ALL.iter().filter(|(_, event)| self.events.contains(event)).map(|(name, _)| *name).collect();
        format!("{} {}", self.table, events.join(","))
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

fn read_table(reader: &mut Reader<'_>) -> Option<String> {
    let text = reader.required_text("table")?;
    let Some(at) = table_fault_at(&text.value) else { return Some(text.value) };
    let length = text.value[at..].chars().next().map_or(0, char::len_utf8);
    let near = text.value.split('/').map(resource_like).collect::<Option<Vec<_>>>().map(|parts| parts.join("/"));
    let kind = FaultKind::ResourceName { found: text.value.clone(), near };
    reader.push(text.fault_within(at..at + length, kind));
    None
}
