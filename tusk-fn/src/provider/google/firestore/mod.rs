//! Changes of documents of Firestore, as Eventarc tells of them.
//!
//! | type of the event | means |
//! |---|---|
//! | `google.cloud.firestore.document.v1.created` | insert |
//! | `….updated` | modify |
//! | `….deleted` | remove |
//! | `….written` | what the images say: a new one alone is an insert, an old one alone a removal, both a modification |
//!
//! Each type may end in `.withAuthContext`, which adds extensions only. The data must be JSON. The key of a document is
//! that of an item ([`key`]), under the name that the keys of tables have everywhere, and its `path` below the database: ids
//! are unique within a collection only. Which collection is behind a table's name is decided by the trigger that sends the event,
//! and is not compared. (`googleapis/google-cloudevents`, "firestore/v1/data.proto", whose JSON has a document's name
//! and fields as the REST API has.)

pub(super) mod key;
#[cfg(feature = "google-clients")]
pub(super) mod typed;
pub(super) mod value;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};
use tusk_fn_spec::trigger::database::{ChangeEvent, Database as Trigger};

use super::data::json;
use super::text::{self, LONGEST_ID};
use crate::event::{ChangeItem, ChangeKey, ChangeKind, EventItem, Image, Item};
use crate::output::KEY;
use crate::provider::container::Opened;
use crate::provider::field::{self, Fault, Raw};

/// What the types of its events begin with, and may end in.
const PREFIX: &str = "google.cloud.firestore.document.v1.";
const SUFFIX: &str = ".withAuthContext";
/// What a key has beside the document's id.
const PATH: &str = "path";
/// The longest name of a document ("Usage and limits").
const LONGEST_NAME: usize = 6 * 1024;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data<'a> {
    #[serde(borrow)]
    value: Raw<'a>,
    #[serde(borrow)]
    old_value: Raw<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    #[serde(borrow)]
    name: Raw<'a>,
    #[serde(borrow)]
    fields: Raw<'a>,
    #[serde(borrow)]
    update_time: Raw<'a>,
}

/// An event for a function.
pub(super) fn open(event: &EventItem, attempt: u32, trigger: &Trigger) -> Opened {
    let Some(kind) = event.event_type.strip_prefix(PREFIX) else { return Opened::Foreign };
    let kind = match kind.strip_suffix(SUFFIX).unwrap_or(kind) {
        "created" => Some(ChangeKind::Insert),
        "updated" => Some(ChangeKind::Modify),
        "deleted" => Some(ChangeKind::Remove),
        "written" => None,
        _ => return Opened::Foreign,
    };
    let change = match read(event, kind) {
        Ok(change) => change,
        Err(fault) => return Opened::Broken(fault),
    };
    let happened = match change.kind {
        ChangeKind::Insert => ChangeEvent::Insert,
        ChangeKind::Modify | ChangeKind::Upsert => ChangeEvent::Modify,
        ChangeKind::Remove => ChangeEvent::Remove,
    };
    if !trigger.events.contains(&happened) {
        return Opened::Unwanted;
    }
    Opened::Item { item: Item::Change(change), id: event.delivery_id(), attempt }
}

/// The change. Of `written` the images say what it is.
fn read(event: &EventItem, kind: Option<ChangeKind>) -> Result<ChangeItem, Fault> {
    let data: Data<'_> = field::object(json(event)?, "`data`")?;
    let (new, old) = (document(data.value, "data.value")?, document(data.old_value, "data.oldValue")?);
    let kind = match (kind, &new, &old) {
        (Some(kind @ ChangeKind::Remove), _, _) | (Some(kind), Some(_), _) => kind,
        (None, Some(_), Some(_)) => ChangeKind::Modify,
        (None, Some(_), None) => ChangeKind::Insert,
        (None, None, Some(_)) => ChangeKind::Remove,
        (Some(_), None, _) => return Err(Fault("`data.value` is missing".to_owned())),
        (None, None, None) => return Err(Fault("`data.value` and `data.oldValue` are missing".to_owned())),
    };
    let (new, old) = match kind {
        ChangeKind::Insert => (new, None),
        ChangeKind::Remove => (None, old),
        ChangeKind::Modify | ChangeKind::Upsert => (new, old),
    };
    let Some(newest) = new.as_ref().or(old.as_ref()) else {
        return Err(Fault("`data.oldValue` is missing".to_owned()));
    };
    // A document that is gone has the number of its last change, which was another.
    let updated = new.as_ref().and_then(|new| new.updated.clone());
    let sequence = updated.or_else(|| event.time.map(|time| time.to_string())).unwrap_or_else(|| event.id.clone());
    let key = ChangeKey { values: newest.key.clone(), sequence, time: event.time };
    let image = |read: Option<Read>| read.map(|read| Image::Json(Value::Object(read.fields)));
    Ok(ChangeItem { kind, key, old: image(old), new: image(new) })
}

/// A document that was read.
struct Read {
    key: BTreeMap<String, Value>,
    fields: Map<String, Value>,
    updated: Option<String>,
}

/// A document; none if it is missing or empty, as one is that was not there.
fn document(field: Raw<'_>, place: &str) -> Result<Option<Read>, Fault> {
    let Some(_) = field else { return Ok(None) };
    let document: Document<'_> = field::inner(field, place)?;
    if document.name.is_none() && document.fields.is_none() {
        return Ok(None);
    }
    let name = text::required(document.name, &format!("{place}.name"), LONGEST_NAME)?;
    let path = name.split_once("/documents/").map(|(_, path)| path);
    let id = path.and_then(|path| path.rsplit_once('/')).map(|(_, id)| id).filter(|id| !id.is_empty());
    let (Some(path), Some(id)) = (path, id) else {
        return Err(Fault(format!(
            "`{place}.name` is {}, and must be as in \"projects/p/databases/d/documents/collection/id\"",
            text::shown(&name)
        )));
    };
    let key =
        [(KEY, key::of_id(id)), (PATH, path.to_owned())].map(|(name, value)| (name.to_owned(), Value::from(value)));
    let place_of_fields = format!("{place}.fields");
    let fields = match document.fields {
        Some(_) => value::plain(field::inner(document.fields, &place_of_fields)?, &place_of_fields)?,
        None => Map::new(),
    };
    let updated = text::optional(document.update_time, &format!("{place}.updateTime"), LONGEST_ID)?;
    Ok(Some(Read { key: BTreeMap::from(key), fields, updated: updated.map(Into::into) }))
}
