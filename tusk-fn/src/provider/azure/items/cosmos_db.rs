//! Documents: `cosmosDBTrigger`.
//!
//! The feed tells neither an insert from an update nor anything of a removal, and has the newest state only: each
//! document is an `Upsert`, for a function that wants inserts and for one that wants modifications. It is told as the
//! item that a program wrote: [`document`](crate::provider::azure::document) says what that is.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;
use serde_json::value::RawValue;
use tusk_fn_spec::trigger::database::{ChangeEvent, Database};

use super::{One, Opened, attempt};
use crate::delivery::Order;
use crate::event::{ChangeItem, ChangeKey, ChangeKind, Image, Item};
use crate::output::KEY;
use crate::provider::azure::document;
use crate::provider::azure::wire::{Sent, list};
use crate::provider::field::{Fault, object};

pub(super) fn open(database: &Database, sent: &Sent<'_>) -> Result<Opened, Fault> {
    let (text, name) = (sent.json()?, sent.named());
    let attempt = attempt(&sent.metadata(), None);
    let mut items = Vec::new();
    for (index, document) in list(&text, &name)?.into_iter().enumerate() {
        let (change, id) = read(document, &format!("{name}[{index}]"))?;
        // Refused at start where it wants removals only.
        if database.events.iter().any(|event| *event != ChangeEvent::Remove) {
            let id = id.map(|tag| format!("{}/{tag}", database.table));
            items.push(One { item: Item::Change(change), id, attempt });
        }
    }
    Ok(Opened::Items { items, order: Order::All })
}

/// A document, and what tells this state of it from its others.
fn read(document: &RawValue, name: &str) -> Result<(ChangeItem, Option<String>), Fault> {
    let fields: serde_json::Map<String, Value> = object(document.get(), &format!("`{name}`"))?;
    let id = match fields.get("id") {
        Some(Value::String(id)) => id.clone(),
        None | Some(Value::Null) => return Err(Fault(format!("`{name}.id` is missing"))),
        Some(other) => return Err(Fault(format!("`{name}.id` is {other}, and must be a text"))),
    };
    let plain = |field: &str| match fields.get(field)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let sequence = plain("_lsn").unwrap_or_default();
    // The tag is the state's own. Several documents may have one number, and one id may occur in several partitions.
    let tag = plain("_etag").or_else(|| plain("_lsn")).map(|tag| format!("{id}@{}", tag.trim_matches('"')));
    let time = fields.get("_ts").and_then(Value::as_i64).and_then(|seconds| Timestamp::from_second(seconds).ok());
    let key = Value::String(document::key(&id));
    let key = ChangeKey { values: BTreeMap::from([(KEY.to_owned(), key)]), sequence, time };
    let new = Some(Image::Json(Value::Object(document::item(fields))));
    Ok((ChangeItem { kind: ChangeKind::Upsert, key, old: None, new }, tag))
}
