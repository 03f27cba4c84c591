//! What a function with `trigger = "database"` takes.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

#[cfg(provider_aws)]
use super::payload::without_values;
use super::payload::{discreet, undecodable};
use super::{FromItem, Item, Origin, wrong_item};
use crate::error::Failure;
use crate::output::KEY;
use crate::private::kind;

/// A change of an item of a table.
///
/// Feeds differ: where the platform does not tell an insert from an update, every change is an `Upsert`; where it keeps no old
/// items, `old` is `None`.
///
/// ```
/// use tusk_fn::prelude::*;
/// # tusk_fn::library!();
/// # fn main() {}
///
/// #[derive(serde::Deserialize)]
/// struct Stock {
///     pieces: u32,
/// }
///
/// #[tusk_fn(trigger = "database", table = "stock")]
/// async fn watch(change: Change<Stock>) {
///     match change {
///         Change::Insert { new, .. } | Change::Upsert { new, .. } => println!("{} pieces", new.pieces),
///         Change::Modify { old, new, .. } => println!("{:?} -> {}", old.map(|it| it.pieces), new.pieces),
///         Change::Remove { key, .. } => println!("{key:?} is gone"),
///         _ => {}
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Change<T> {
    /// It was not there before.
    #[non_exhaustive]
    Insert {
        /// What names the item.
        key: ChangeKey,
        /// The item.
        new: T,
    },
    /// It was there, and is another now.
    #[non_exhaustive]
    Modify {
        /// What names the item.
        key: ChangeKey,
        /// The item as it was, if the platform keeps it.
        old: Option<T>,
        /// The item.
        new: T,
    },
    /// It was written; whether it was there before is not known.
    #[non_exhaustive]
    Upsert {
        /// What names the item.
        key: ChangeKey,
        /// The item.
        new: T,
    },
    /// It is no longer there.
    #[non_exhaustive]
    Remove {
        /// What names the item.
        key: ChangeKey,
        /// The item as it was, if the platform keeps it.
        old: Option<T>,
    },
}

impl<T> Change<T> {
    /// What names the item.
    pub fn key(&self) -> &ChangeKey {
        match self {
            Self::Insert { key, .. }
            | Self::Modify { key, .. }
            | Self::Upsert { key, .. }
            | Self::Remove { key, .. } => key,
        }
    }

    /// The item as it is now; none if it is gone.
    pub fn into_new(self) -> Option<T> {
        match self {
            Self::Insert { new, .. } | Self::Modify { new, .. } | Self::Upsert { new, .. } => Some(new),
            Self::Remove { .. } => None,
        }
    }
}

impl<T: Serialize> Change<T> {
    /// An insert of an item under a key, as a test delivers it.
    pub fn insert(key: impl Into<String>, new: T) -> Self {
        Self::Insert { key: ChangeKey::new(key), new }
    }

    /// A modification of an item under a key, as a test delivers it.
    pub fn modify(key: impl Into<String>, old: T, new: T) -> Self {
        Self::Modify { key: ChangeKey::new(key), old: Some(old), new }
    }

    /// A removal of an item under a key, as a test delivers it.
    pub fn remove(key: impl Into<String>, old: T) -> Self {
        Self::Remove { key: ChangeKey::new(key), old: Some(old) }
    }

    pub(crate) fn into_raw(self) -> Result<Change<Value>, Failure> {
        let value =
            |item: T| serde_json::to_value(item).map_err(|error| Failure::new("NotSerializable", error.to_string()));
        Ok(match self {
            Self::Insert { key, new } => Change::Insert { key, new: value(new)? },
            Self::Modify { key, old, new } => {
                Change::Modify { key, old: old.map(value).transpose()?, new: value(new)? }
            }
            Self::Upsert { key, new } => Change::Upsert { key, new: value(new)? },
            Self::Remove { key, old } => Change::Remove { key, old: old.map(value).transpose()? },
        })
    }
}

impl Change<Value> {
    /// As a provider decodes it.
    pub(crate) fn into_item(self) -> ChangeItem {
        let (kind, key, old, new) = match self {
            Self::Insert { key, new } => (ChangeKind::Insert, key, None, Some(new)),
            Self::Modify { key, old, new } => (ChangeKind::Modify, key, old, Some(new)),
            Self::Upsert { key, new } => (ChangeKind::Upsert, key, None, Some(new)),
            Self::Remove { key, old } => (ChangeKind::Remove, key, old, None),
        };
        ChangeItem { kind, key, old: old.map(Image::Json), new: new.map(Image::Json) }
    }
}

/// What names an item and orders its changes.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ChangeKey {
    /// The values of the table's key attributes, by their names.
    pub values: BTreeMap<String, Value>,
    /// The change's number in its feed, as the platform writes it: only good for comparing with itself.
    pub sequence: String,
    /// When the item changed, if the platform says so.
    pub time: Option<Timestamp>,
}

impl ChangeKey {
    /// The key of an item of a [`Table`](crate::Table), as the attribute `id`.
    pub(crate) fn new(key: impl Into<String>) -> Self {
        let values = BTreeMap::from([(KEY.to_owned(), Value::String(key.into()))]);
        Self { values, sequence: String::new(), time: None }
    }

    /// The value of a key attribute, if it is a text.
    pub fn text(&self, attribute: &str) -> Option<&str> {
        self.values.get(attribute)?.as_str()
    }
}

/// What happened to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// It was inserted.
    Insert,
    /// It was modified.
    Modify,
    /// It was written, one way or the other.
    Upsert,
    /// It was removed.
    Remove,
}

/// A change as a provider decoded it.
#[derive(Clone, Debug)]
pub struct ChangeItem {
    pub(crate) kind: ChangeKind,
    pub(crate) key: ChangeKey,
    pub(crate) old: Option<Image>,
    pub(crate) new: Option<Image>,
}

impl ChangeItem {
    /// The key and the new item as JSON.
    pub(crate) fn as_json(&self) -> String {
        let image = |image: &Option<Image>| image.as_ref().and_then(|it| it.read::<Value>().ok()).unwrap_or_default();
        serde_json::json!({ "key": self.key.values, "old": image(&self.old), "new": image(&self.new) }).to_string()
    }
}

/// An item of a table, as its platform writes it.
#[derive(Clone, Debug)]
pub enum Image {
    /// As JSON.
    Json(Value),
    /// As `DynamoDB` writes it, each value with its type.
    #[cfg(provider_aws)]
    DynamoDb(serde_dynamo::Item),
}

impl Image {
    /// Reads the item.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        match self {
            Self::Json(value) => T::deserialize(value).map_err(|error| undecodable::<T>(&discreet(&error))),
            #[cfg(provider_aws)]
            Self::DynamoDb(item) => serde_dynamo::from_item(item.clone())
                .map_err(|error| undecodable::<T>(&without_values(&error.to_string()))),
        }
    }
}

impl<T: DeserializeOwned> FromItem<kind::Database> for Change<T> {
    fn from_item(item: &Item, _: &Origin<'_>) -> Result<Self, Failure> {
        let Item::Change(change) = item else { return Err(wrong_item("changes", item)) };
        let key = change.key.clone();
        let old = change.old.as_ref().map(Image::read).transpose()?;
        let new = || {
            let missing = || undecodable::<T>("the feed does not give new items: its view must be of new and old ones");
            change.new.as_ref().ok_or_else(missing)?.read()
        };
        Ok(match change.kind {
            ChangeKind::Insert => Self::Insert { key, new: new()? },
            ChangeKind::Modify => Self::Modify { key, old, new: new()? },
            ChangeKind::Upsert => Self::Upsert { key, new: new()? },
            ChangeKind::Remove => Self::Remove { key, old },
        })
    }
}
