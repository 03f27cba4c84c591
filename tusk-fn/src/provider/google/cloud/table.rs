//! Tables: a collection of Firestore, with a document for each item.

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use tusk_fn_spec::output::Output;

use super::super::client::{Client, Collection, Found, Precondition, Write};
use super::super::firestore::{key, typed, value};
use super::super::names;
use super::GoogleCloud;
use crate::idempotency::TableStore;
use crate::output::{Condition, KEY, OutputErrorKind, VERSION};
use crate::provider::client::random;
use crate::provider::field::Fault;

/// The longest id of a document, in bytes ("Usage and limits").
const LONGEST_ID: usize = 1_500;
/// The largest document (likewise).
const LARGEST: usize = (1 << 20) - 4;

/// A table as an output has it.
pub(super) struct Table<'a> {
    client: &'a Client,
    collection: Collection<'a>,
    /// Whether its items have a time after which they can be deleted.
    expires: bool,
}

impl GoogleCloud {
    /// The table of an output.
    pub(super) fn table(&self, output: &Output) -> Result<Table<'_>, OutputErrorKind> {
        let name = self.name(output)?;
        let collection = names::collection(name);
        let collection = collection.ok_or_else(|| OutputErrorKind::Unknown(format!("`{name}` is no collection")))?;
        Ok(Table { client: &self.client, collection, expires: output.name == TableStore::NAME })
    }
}

impl Table<'_> {
    /// The item under that key, and its version.
    pub(super) async fn read(&self, key: &str) -> Result<Option<(Value, u64)>, OutputErrorKind> {
        let Some(found) = self.client.get_document(self.collection, &id(key)?, None).await? else { return Ok(None) };
        let Found { fields, version } = found;
        let unreadable = |Fault(why)| OutputErrorKind::Unfit(format!("the item cannot be read: {why}"));
        let mut item = value::plain(fields, "fields").map_err(unreadable)?;
        item.remove(VERSION);
        // Another program writes the id as such only.
        item.entry(KEY).or_insert_with(|| key.into());
        if self.expires
            && let Some(time) = item.get_mut(TableStore::EXPIRES)
            && let Some(Ok(moment)) = time.as_str().map(str::parse::<Timestamp>)
        {
            *time = moment.as_second().into();
        }
        Ok(Some((Value::Object(item), version)))
    }

    /// Writes an item; its new version.
    pub(super) async fn write(
        &self,
        key: &str,
        mut item: Map<String, Value>,
        condition: Condition,
    ) -> Result<u64, OutputErrorKind> {
        let id = id(key)?;
        // What fits a number of JavaScript's, since people look at tables with tools.
        let own = random()? >> 11;
        item.insert(VERSION.to_owned(), own.into());
        let unwritable = |why| OutputErrorKind::Unfit(format!("the item cannot be written: {why}"));
        let expires = item.get(TableStore::EXPIRES).filter(|_| self.expires).and_then(Value::as_i64);
        let (mut fields, size) = typed::typed(item).map_err(unwritable)?;
        let size = size + self.size_of_name(&id);
        if size > LARGEST {
            return Err(unwritable(format!("it has {size} bytes, and Firestore takes {LARGEST}")));
        }
        // A policy deletes by a moment only.
        if let Some(moment) = expires.and_then(|seconds| Timestamp::from_second(seconds).ok()) {
            fields.insert(TableStore::EXPIRES.to_owned(), json!({ "timestampValue": moment }));
        }
        match self.client.commit(self.collection, &id, Some(fields), precondition(condition), None).await? {
            Write::Done(version) => Ok(version),
            Write::Failed { perhaps_done: true } => self.after_all(&id, own).await,
            Write::Failed { perhaps_done: false } => Err(OutputErrorKind::ConditionFailed),
        }
    }

    /// The version of the document if it was written all the same: only the answer was lost, and the write tried again.
    async fn after_all(&self, id: &str, own: u64) -> Result<u64, OutputErrorKind> {
        let is_own = |found: &Found| found.fields.get(VERSION) == Some(&json!({ "integerValue": own.to_string() }));
        match self.client.get_document(self.collection, id, None).await? {
            Some(found) if is_own(&found) => Ok(found.version),
            _ => Err(OutputErrorKind::ConditionFailed),
        }
    }

    pub(super) async fn remove(&self, key: &str, condition: Condition) -> Result<(), OutputErrorKind> {
        match self.client.commit(self.collection, &id(key)?, None, precondition(condition), None).await? {
            Write::Done(_) => Ok(()),
            Write::Failed { .. } => Err(OutputErrorKind::ConditionFailed),
        }
    }

    /// What a document has beside its fields, in bytes.
    fn size_of_name(&self, id: &str) -> usize {
        const NAME: usize = 16;
        const DOCUMENT: usize = 32;
        let collection = self.collection.name.rsplit('/').next().unwrap_or_default();
        NAME + DOCUMENT + typed::size_of_text(collection) + typed::size_of_text(id)
    }
}

/// The id of the document under that key.
fn id(key: &str) -> Result<std::borrow::Cow<'_, str>, OutputErrorKind> {
    let id = key::id_of(key);
    if id.len() > LONGEST_ID {
        let why = format!("the key has {} bytes as the id of a document, and Firestore takes {LONGEST_ID}", id.len());
        return Err(OutputErrorKind::Unfit(why));
    }
    Ok(id)
}

fn precondition(condition: Condition) -> Option<Precondition> {
    match condition {
        Condition::None => None,
        Condition::Absent => Some(Precondition::Absent),
        Condition::Version(version) => Some(Precondition::Version(version)),
    }
}
