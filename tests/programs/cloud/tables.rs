//! Tables.

use std::collections::BTreeMap;

use tusk_fn::prelude::*;

use crate::note;

/// An item: the fields that the test gives.
type Item = BTreeMap<String, String>;

#[tusk_fn(trigger = "database", table = "shelf")]
async fn shelf_changes(change: Change<Item>) {
    let key = change.key().text("id").unwrap_or_default().to_owned();
    let pieces = |item: Item| item.get("pieces").cloned().unwrap_or_default();
    note(match change {
        Change::Insert { new, .. } => format!("insert {key} {}", pieces(new)),
        Change::Modify { old, new, .. } => format!("modify {key} {:?} {}", old.map(pieces), pieces(new)),
        Change::Remove { old, .. } => format!("remove {key} {:?}", old.map(pieces)),
        other => format!("{other:?}"),
    });
}

#[tusk_fn(trigger = "database", table = "shelf", events = ["remove"])]
async fn shelf_removals(change: Change<Item>) {
    note(format!("gone {}", change.key().text("id").unwrap_or_default()));
}

#[tusk_fn(trigger = "database", table = "stores/rooms")]
async fn rooms(change: Change<Item>) {
    note(format!("room {}", change.key().text("id").unwrap_or_default()));
}

/// Writes in every way that there is, and says what came of it.
#[tusk_fn(trigger = "http", route = "shelf/<key>/<how>/<pieces>", methods = ["POST"])]
async fn write(key: String, how: String, pieces: String, #[table("shelf")] shelf: Table<Item>) -> String {
    let item = Item::from([("pieces".to_owned(), pieces)]);
    let written = match how.as_str() {
        "put" => shelf.put(&key, &item).await,
        "insert" => shelf.insert(&key, &item).await,
        "delete" => shelf.delete(&key).await,
        _ => overtaken(&shelf, &key, &item, &how).await,
    };
    written.map_or_else(|error| format!("{} {error}", error.is_condition_failed()), |()| "written".to_owned())
}

/// Reads an item, and changes it; for the "late" ways, after another one did.
async fn overtaken(shelf: &Table<Item>, key: &str, item: &Item, how: &str) -> Result<(), OutputError> {
    let Some(mut found) = shelf.get(key).await? else { return Ok(()) };
    if how.starts_with("late-") {
        shelf.put(key, &found.value).await?;
    }
    if how.ends_with("delete-unchanged") {
        return shelf.delete_unchanged(key, &found).await;
    }
    found.value.clone_from(item);
    shelf.replace(key, &found).await
}
