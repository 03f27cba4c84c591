//! An invoice: a file that is written when an order was paid, and announced when it is there.

use tusk_fn::prelude::*;

use crate::notifications::Notification;
use crate::orders::Paid;

/// The largest invoice that is read.
const LARGEST: usize = 64 * 1024;

/// Writes the invoice of an order that was paid.
#[tusk_fn(trigger = "event", type = "com.example.shop.paid", subject = "orders/*")]
async fn invoice(
    event: CloudEvent<Paid>,
    #[bucket("invoices", access = "write")] invoices: Bucket,
) -> Result<(), OutputError> {
    let Paid { order, cents } = event.data;
    let (euros, cents) = (cents / 100, cents % 100);
    let text = format!("{}\n{} x {}\nTotal {euros}.{cents:02} EUR\n", order.customer, order.pieces, order.sku);
    invoices.put(&format!("{}.txt", order.id), text).await?;
    tracing::info!(order = order.id, "invoice written");
    Ok(())
}

/// Announces an invoice.
#[tusk_fn(trigger = "blob", path = "invoices/<order>.txt")]
async fn announce(
    order: String,
    blob: Blob,
    #[topic("notifications")] notifications: Sender<Notification>,
) -> Result<(), OutputError> {
    let text = blob.text(LARGEST).await?;
    let total = text.lines().last().unwrap_or_default();
    Notification::new("invoice", format!("invoice for order {order}: {total}")).publish(&notifications).await
}
