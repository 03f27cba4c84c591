//! An order: placed by a request, fulfilled out of a queue, paid for.

use serde::{Deserialize, Serialize};
use tusk_fn::prelude::*;

use crate::report::Sales;
use crate::stock::Stock;

/// What a customer wants.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Order {
    #[serde(default)]
    pub(crate) id: String,
    pub(crate) customer: String,
    pub(crate) sku: String,
    pub(crate) pieces: u32,
}

/// What was paid for.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Paid {
    pub(crate) order: Order,
    pub(crate) cents: u64,
}

/// Takes an order, which is fulfilled later.
#[tusk_fn(trigger = "http", route = "orders", methods = ["POST"], auth = "public")]
async fn place(
    context: Context,
    #[queue("orders")] queue: Sender<Order>,
    Json(mut order): Json<Order>,
) -> Result<(StatusCode, Json<Order>), HttpError> {
    if order.pieces == 0 {
        return Err(HttpError::bad_request("an order has at least one piece"));
    }
    if order.id.is_empty() {
        order.id = context.invocation_id();
    }
    queue.send(Outgoing::new(order.clone()).group(order.customer.clone())).await?;
    tracing::info!(order = order.id, sku = order.sku, pieces = order.pieces, "order placed");
    Ok((StatusCode::ACCEPTED, Json(order)))
}

/// Takes the pieces out of the stock and has them paid for. One order is fulfilled once, however often it is delivered, and a
/// customer's orders in their order.
#[tusk_fn(
    trigger = "queue",
    queue = "orders",
    ordered = true,
    idempotent = "id",
    max_attempts = 5,
    dead_letter = "failed-orders"
)]
async fn fulfil(
    Json(order): Json<Order>,
    #[table("stock")] stock: Table<Stock>,
    #[table("sales")] sales: Table<Sales>,
    #[secret("payment-key")] key: Secret<String>,
    #[event("com.example.shop.paid")] paid: Sender<Paid>,
) -> anyhow::Result<()> {
    let Some(mut found) = stock.get(&order.sku).await? else {
        // Trying again would not help: it goes to the failed orders at once.
        return Err(Reject::new(format!("there is no `{}` in this shop", order.sku)).into());
    };
    let Some(left) = found.value.pieces.checked_sub(order.pieces) else {
        // Somebody may fill the shelves: it is tried again, a few times.
        anyhow::bail!("{} of `{}` are wanted, and {} are there", order.pieces, order.sku, found.value.pieces);
    };
    let cents = charge(&key, found.value.cents * u64::from(order.pieces))?;
    found.value.pieces = left;
    // Fails if another order was faster; this one is then tried again.
    stock.replace(&order.sku, &found).await?;
    Sales::add(&sales, cents).await?;
    tracing::info!(order = order.id, left, "order fulfilled");
    paid.send(Outgoing::new(Paid { order: order.clone(), cents }).subject(format!("orders/{}", order.id))).await?;
    Ok(())
}

/// Stands for a payment service.
fn charge(key: &Secret<String>, cents: u64) -> anyhow::Result<u64> {
    anyhow::ensure!(key.starts_with("sk_"), "the payment service does not know this key");
    Ok(cents)
}

/// Tells a person of an order that could not be fulfilled. It is tried more often than most: nobody else hears of the order.
#[tusk_fn(trigger = "queue", queue = "failed-orders", ordered = true, max_attempts = 10)]
async fn give_up(Json(order): Json<Order>) {
    tracing::warn!(order = order.id, customer = order.customer, "order given up: call the customer");
}
