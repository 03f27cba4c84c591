//! Event Grid: events to a custom topic whose input schema is `CloudEvents` 1.0 ("`CloudEvents` v1.0 schema with Azure Event Grid").
//!
//! A request is accepted as a whole or not at all.

use std::time::Instant;

use http::{HeaderName, HeaderValue, Method, header};
use serde::Serialize;
use serde_json::value::RawValue;

use super::identity::Service;
use super::place::Place;
use super::{Call, Client, none_foreseen};
use crate::provider::client::batch::{Batch, Outcomes, send_all};
use crate::provider::client::error::{Cause, ClientError};
use crate::provider::client::json;
use crate::provider::client::retry::Patience;

const VERSION: &str = "2018-01-01";
const KIND: (HeaderName, HeaderValue) =
    (header::CONTENT_TYPE, HeaderValue::from_static("application/cloudevents-batch+json; charset=utf-8"));

/// An event as it is sent.
pub(crate) struct Event {
    id: String,
    /// In JSON.
    written: Box<RawValue>,
}

impl Event {
    /// An event of that id and type, which happened there, to that, and is told of in JSON.
    ///
    /// # Errors
    /// What is told of it is no JSON.
    pub(crate) fn new(
        id: String,
        kind: &str,
        source: &str,
        subject: Option<&str>,
        data: &[u8],
    ) -> Result<Self, &'static str> {
        let data: &RawValue = serde_json::from_slice(data).map_err(|_| "an event's data is JSON")?;
        let written =
            Written { specversion: "1.0", id: &id, source, kind, subject, datacontenttype: "application/json", data };
        let written = serde_json::value::to_raw_value(&written).map_err(|_| "an event's data is JSON")?;
        Ok(Self { id, written })
    }

    #[cfg(test)]
    pub(super) fn written(&self) -> &str {
        self.written.get()
    }
}

impl Client {
    /// Publishes events; their ids, in their order.
    pub(crate) async fn publish(
        &self,
        place: &Place,
        events: &[Event],
        deadline: Option<Instant>,
    ) -> Vec<Result<String, ClientError>> {
        send_all(&self.shared.policy, &Topic { client: self, place }, events, deadline).await
    }
}

struct Topic<'a> {
    client: &'a Client,
    place: &'a Place,
}

impl Batch for Topic<'_> {
    type Entry = Event;

    const OPERATION: &'static str = "Publish Events";
    /// As many as there is room for: it is the bytes that are limited ("Quotas and limits in Azure Event Grid": 1 MB).
    const ENTRIES: usize = 1000;
    const IS_WHOLE: bool = true;
    /// Without the brackets.
    const BYTES: usize = 1_000_000 - 2;
    const ENTRY_BYTES: usize = Self::BYTES;

    fn resource(&self) -> &str {
        self.place.name()
    }

    /// With the comma.
    fn size(event: &Event) -> usize {
        event.written.get().len() + 1
    }

    async fn send(&self, events: &[&Event], patience: Patience) -> Result<Outcomes, ClientError> {
        let list: Vec<&RawValue> = events.iter().map(|event| &*event.written).collect();
        let unwritable = |_| ClientError::new(Self::OPERATION, self.place.name(), Cause::Unwritable);
        let call = Call {
            service: Service::EventGrid,
            operation: Self::OPERATION,
            resource: self.place.name(),
            method: Method::POST,
            url: format!("{}?api-version={VERSION}", self.place.url()),
            headers: vec![KIND],
            body: json::write(&list).map_err(unwritable)?,
            foreseen: none_foreseen,
        };
        self.client.call(&call, patience).await?;
        Ok(events.iter().map(|event| Ok(event.id.clone())).collect())
    }
}

#[derive(Serialize)]
struct Written<'a> {
    specversion: &'static str,
    id: &'a str,
    source: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    datacontenttype: &'static str,
    data: &'a RawValue,
}
