//! What is on the shelves, and who is told when it changes.

use serde::{Deserialize, Serialize};
use tusk_fn::prelude::*;

use crate::notifications::Notification;

/// How much of something there is.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Stock {
    pub(crate) pieces: u32,
    /// What one piece costs.
    pub(crate) cents: u64,
}

/// Below this many pieces somebody is told.
const LOW: u32 = 3;

/// Fills a shelf.
#[tusk_fn(trigger = "http", route = "stock/<sku>", methods = ["PUT"])]
async fn fill(
    sku: String,
    #[table("stock", access = "write")] shelf: Table<Stock>,
    Json(stock): Json<Stock>,
) -> Result<StatusCode, HttpError> {
    shelf.put(&sku, &stock).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes something out of the shop.
#[tusk_fn(trigger = "http", route = "stock/<sku>", methods = ["DELETE"])]
async fn discontinue(
    sku: String,
    #[table("stock", access = "write")] shelf: Table<Stock>,
) -> Result<StatusCode, HttpError> {
    shelf.delete(&sku).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sees each change of the shelves.
#[tusk_fn(trigger = "database", table = "stock", events = ["insert", "modify", "remove"])]
async fn watch_stock(
    change: Change<Stock>,
    #[topic("notifications")] notifications: Sender<Notification>,
) -> Result<(), OutputError> {
    let sku = change.key().text("id").unwrap_or_default().to_owned();
    let text = match change {
        Change::Insert { new, .. } => {
            tracing::info!(sku, pieces = new.pieces, "stock: new");
            return Ok(());
        }
        // Azure does not tell an insert from a modification.
        Change::Modify { new, .. } | Change::Upsert { new, .. } if new.pieces < LOW => {
            format!("only {} of `{sku}` left", new.pieces)
        }
        Change::Modify { old, new, .. } => {
            tracing::info!(sku, before = old.map(|old| old.pieces), pieces = new.pieces, "stock: changed");
            return Ok(());
        }
        Change::Remove { .. } => format!("`{sku}` is no longer sold"),
        _ => return Ok(()),
    };
    Notification::new("stock", text).publish(&notifications).await
}
