//! Numbers: how many look at the shop, and what was sold.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use tusk_fn::prelude::*;

/// What was sold since the last report.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Sales {
    orders: u64,
    cents: u64,
}

/// The key of the one item of the table.
const OPEN: &str = "open";

impl Sales {
    /// Adds an order. Another one that does so at the same time makes it try again, a few times.
    pub(crate) async fn add(table: &Table<Self>, cents: u64) -> Result<(), OutputError> {
        for _ in 0..5 {
            let written = match table.get(OPEN).await? {
                None => table.insert(OPEN, &Self { orders: 1, cents }).await,
                Some(mut open) => {
                    open.value.orders += 1;
                    open.value.cents += cents;
                    table.replace(OPEN, &open).await
                }
            };
            match written {
                Err(error) if error.is_condition_failed() => {}
                written => return written,
            }
        }
        table.get(OPEN).await.map(drop)
    }
}

/// How often each page was seen by this process.
#[derive(Clone, Default)]
struct Views(Arc<Mutex<BTreeMap<String, u64>>>);

#[tusk_fn::init]
async fn views() -> Views {
    Views::default()
}

#[derive(Deserialize)]
struct View {
    page: String,
}

/// Counts who looks at which page.
#[tusk_fn(trigger = "stream", stream = "page-views", batch_size = 500)]
async fn count_views(batch: Batch<Json<View>>, State(views): State<Views>) {
    let mut counted = views.0.lock().unwrap_or_else(PoisonError::into_inner);
    for Json(view) in batch {
        *counted.entry(view.page).or_default() += 1;
    }
    tracing::info!(views = ?*counted, "page views");
}

/// Reports what was sold, every night at two. Azure's plan for functions knows no other zone than UTC.
#[tusk_fn(trigger = "timer", schedule = "0 2 * * *")]
async fn report(timer: Timer, #[table("sales")] sales: Table<Sales>) -> Result<(), OutputError> {
    let Some(open) = sales.get(OPEN).await? else {
        tracing::info!(night = %timer.scheduled_at, "nothing sold");
        return Ok(());
    };
    sales.delete_unchanged(OPEN, &open).await?;
    let Sales { orders, cents } = open.value;
    tracing::info!(night = %timer.scheduled_at, orders, euros = cents / 100, "sold");
    Ok(())
}
