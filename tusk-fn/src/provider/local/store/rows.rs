//! Tables and states.
//!
//! A row has a version, a number that no other write of the store ever has: who wrote a row that was deleted and made anew in
//! between finds another version.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::Bytes;
use redb::ReadableTable;

use super::batch::Batch;
use super::disk::{ROWS, STATE};
use super::error::{Fault, words};
use super::message::{Put, check_length, check_name};
use super::{Store, StoreError};

/// The most bytes of a row. A change holds a row twice, before and after, and must fit into a message.
pub(crate) const ROW_LIMIT: usize = 400 << 10;
/// The most bytes of a key.
const KEY_LIMIT: usize = 2048;

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) key: String,
    pub(crate) value: Bytes,
    pub(crate) version: u64,
}

/// What a write asks of the row as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    /// Nothing.
    None,
    /// That there is none.
    Absent,
    /// That it is unchanged since a version of it was read.
    VersionIs(u64),
}

/// What a write does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Write {
    Put(Bytes),
    Delete,
}

/// What a write did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Written {
    /// The row's value before.
    pub(crate) old: Option<Bytes>,
    /// The row's version from now on. A deletion has one too.
    pub(crate) version: u64,
}

/// The row is not as the write asked; nothing was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("row {key:?} of table `{table}` {}; read it again, and decide anew", Found(*wanted, *found))]
pub(crate) struct ConditionFailed {
    pub(crate) table: String,
    pub(crate) key: String,
    pub(crate) wanted: Condition,
    /// The row's version, if there is one.
    pub(crate) found: Option<u64>,
}

struct Found(Condition, Option<u64>);

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0, self.1) {
            (Condition::VersionIs(wanted), Some(found)) => write!(f, "has version {found}, not {wanted}"),
            (_, Some(_)) => f.write_str("exists"),
            (_, None) => f.write_str("does not exist"),
        }
    }
}

/// Why nothing was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WriteError {
    #[error(transparent)]
    Condition(#[from] ConditionFailed),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// A row.
    pub(crate) fn get(&self, table: &str, key: &str) -> Result<Option<Row>, StoreError> {
        self.shared.disk.read(|read| {
            let row = read.open_table(ROWS)?.get((table, key))?;
            Ok(row.map(|row| {
                let (version, value) = row.value();
                Row { key: key.to_owned(), value: Bytes::copy_from_slice(value), version }
            }))
        })
    }

    /// Writes a row and the messages about it, or, if the condition does not hold, nothing. `make_events` gets the row's value
    /// before and after, on the writer's thread: it should be quick. Deleting a row that is not there writes nothing and makes no
    /// events.
    pub(crate) async fn write(
        &self,
        table: &str,
        key: &str,
        condition: Condition,
        write: Write,
        make_events: impl FnOnce(Option<&[u8]>, Option<&[u8]>) -> Vec<Put> + Send + 'static,
    ) -> Result<Written, WriteError> {
        check_name("the table", table)?;
        check_length("the key", key, KEY_LIMIT)?;
        let size = if let Write::Put(value) = &write { value.len() } else { 0 };
        if size > ROW_LIMIT {
            let what = format!("row {key:?} of table `{table}`");
            return Err(StoreError::TooLarge { what, size, limit: ROW_LIMIT }.into());
        }
        let (table, key) = (table.to_owned(), key.to_owned());
        // The events hold the row twice.
        let work = move |batch: &mut Batch<'_>| batch.write(&table, &key, condition, &write, make_events);
        Ok(self.submit(3 * size, work).await??)
    }

    /// Up to `most` rows of a table, in the order of their keys, from the one after `after` on.
    pub(crate) fn scan(&self, table: &str, after: Option<&str>, most: usize) -> Result<Vec<Row>, StoreError> {
        self.shared.disk.read(|read| {
            let rows = read.open_table(ROWS)?;
            let mut found = Vec::new();
            for row in rows.range((table, after.unwrap_or_default())..)? {
                let (key, value) = row?;
                let (its_table, key) = key.value();
                if its_table != table || found.len() >= most {
                    break;
                }
                if after != Some(key) {
                    let (version, value) = value.value();
                    found.push(Row { key: key.to_owned(), value: Bytes::copy_from_slice(value), version });
                }
            }
            Ok(found)
        })
    }

    /// What was kept under a name.
    pub(crate) fn state(&self, name: &str) -> Result<Option<Bytes>, StoreError> {
        self.shared.disk.read(|read| {
            let value = read.open_table(STATE)?.get(name)?;
            Ok(value.map(|value| Bytes::copy_from_slice(value.value())))
        })
    }

    /// Keeps something under a name.
    pub(crate) async fn set_state(&self, name: &str, value: impl Into<Bytes>) -> Result<(), StoreError> {
        check_name("the state", name)?;
        let (name, value) = (name.to_owned(), value.into());
        let set = move |batch: &mut Batch<'_>| {
            batch.tables.state.insert(name.as_str(), &*value)?;
            Ok(())
        };
        self.submit(0, set).await
    }
}

impl Batch<'_> {
    fn write(
        &mut self,
        table: &str,
        key: &str,
        condition: Condition,
        write: &Write,
        make_events: impl FnOnce(Option<&[u8]>, Option<&[u8]>) -> Vec<Put>,
    ) -> Result<Result<Written, ConditionFailed>, Fault> {
        let found = self.tables.rows.get((table, key))?.map(|row| {
            let (version, value) = row.value();
            (version, Bytes::copy_from_slice(value))
        });
        let version = found.as_ref().map(|(version, _)| *version);
        if !condition.holds(version) {
            let (table, key) = (table.to_owned(), key.to_owned());
            return Ok(Err(ConditionFailed { table, key, wanted: condition, found: version }));
        }
        let old = found.map(|(_, value)| value);
        let new = if let Write::Put(value) = write { Some(value) } else { None };
        if old.is_some() || new.is_some() {
            let events = events(table, old.as_deref(), new.map(|new| &**new), make_events)?;
            for event in &events {
                self.enqueue(event)?;
            }
        }
        let version = self.number();
        match new {
            Some(value) => drop(self.tables.rows.insert((table, key), (version, &**value))?),
            None => drop(self.tables.rows.remove((table, key))?),
        }
        Ok(Ok(Written { old, version }))
    }
}

impl Condition {
    fn holds(self, version: Option<u64>) -> bool {
        match self {
            Self::None => true,
            Self::Absent => version.is_none(),
            Self::VersionIs(wanted) => version == Some(wanted),
        }
    }
}

/// The messages about a write. A closure that panics must not take the writer with it.
fn events(
    table: &str,
    old: Option<&[u8]>,
    new: Option<&[u8]>,
    make: impl FnOnce(Option<&[u8]>, Option<&[u8]>) -> Vec<Put>,
) -> Result<Vec<Put>, Fault> {
    let events = catch_unwind(AssertUnwindSafe(|| make(old, new)));
    let events = events.map_err(|panic| {
        Fault::Refused(StoreError::Events { table: table.to_owned(), detail: words(panic.as_ref()) })
    })?;
    events.iter().try_for_each(Put::check).map_err(Fault::Refused)?;
    Ok(events)
}
