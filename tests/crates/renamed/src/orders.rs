//! Functions in a module.

use functions::prelude::*;
use serde::{Deserialize, Serialize};

/// What is ordered.
#[derive(Debug, Deserialize, Serialize)]
struct Order {
    item: String,
}

/// Takes an order.
#[tusk_fn(trigger = "http", route = "orders", methods = ["POST"])]
async fn place(Json(order): Json<Order>) -> Result<(StatusCode, Json<Order>), HttpError> {
    if order.item.is_empty() {
        return Err(HttpError::bad_request("`item` is empty"));
    }
    Ok((StatusCode::CREATED, Json(order)))
}

/// Lists orders.
#[tusk_fn(trigger = "http", route = "orders")]
async fn list() -> impl IntoResponse {
    Json(Vec::<Order>::new())
}
