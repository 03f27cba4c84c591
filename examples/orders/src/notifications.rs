//! What people are told: published once, and taken by those whom it concerns.

use serde::{Deserialize, Serialize};
use tusk_fn::prelude::*;

/// Something to tell.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Notification {
    kind: String,
    text: String,
}

impl Notification {
    pub(crate) fn new(kind: &str, text: String) -> Self {
        Self { kind: kind.to_owned(), text }
    }

    /// Publishes it, with its kind as an attribute that subscribers filter by.
    pub(crate) async fn publish(self, to: &Sender<Self>) -> Result<(), OutputError> {
        let kind = self.kind.clone();
        to.send(Outgoing::new(self).attribute("kind", kind)).await.map(drop)
    }
}

/// Writes to the customer.
#[tusk_fn(trigger = "topic", topic = "notifications", filter = ["kind = invoice"])]
async fn email(Json(notification): Json<Notification>) {
    tracing::info!(text = notification.text, "email to the customer");
}

/// Tells the people who run the shop.
#[tusk_fn(trigger = "topic", topic = "notifications", filter = ["kind != invoice"])]
async fn operations(Json(notification): Json<Notification>) {
    tracing::info!(text = notification.text, "message to operations");
}
