//! Eventarc: events to a channel (`googleapis`, `google/cloud/eventarc/publishing/v1/publisher.proto` and
//! `cloud_event.proto`; Eventarc's "Publish events to channels").
//!
//! An event's id is ours, so that one that is sent again is the same event.

use std::time::Instant;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::environment::Service;
use super::{Call, Client, path};
use crate::provider::client::batch::{Batch, Outcomes, send_all};
use crate::provider::client::error::ClientError;
use crate::provider::client::json;
use crate::provider::client::retry::Patience;

/// An event.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) id: String,
    /// Where it happened.
    pub(crate) source: String,
    /// What kind of thing happened.
    pub(crate) kind: String,
    /// What it happened to.
    pub(crate) subject: Option<String>,
    pub(crate) time: Timestamp,
    /// What happened, as JSON.
    pub(crate) data: String,
}

impl Client {
    /// Sends events to a channel; their ids, in their order.
    pub(crate) async fn publish_events(
        &self,
        channel: &str,
        events: &[Event],
        deadline: Option<Instant>,
    ) -> Vec<Result<String, ClientError>> {
        send_all(&self.shared.policy, &Channel { client: self, name: channel }, events, deadline).await
    }
}

struct Channel<'a> {
    client: &'a Client,
    /// As in `projects/p/locations/l/channels/c`.
    name: &'a str,
}

impl Batch for Channel<'_> {
    type Entry = Event;

    const OPERATION: &'static str = "PublishEvents";
    /// Google names no limit; this many take no longer than one.
    const ENTRIES: usize = 100;
    const IS_WHOLE: bool = true;
    /// Likewise.
    const BYTES: usize = 1 << 20;
    /// "Quotas and limits": 512 KB.
    const ENTRY_BYTES: usize = 512 << 10;

    fn resource(&self) -> &str {
        self.name
    }

    fn size(event: &Event) -> usize {
        let subject = event.subject.as_ref().map_or(0, String::len);
        event.id.len() + event.source.len() + event.kind.len() + subject + event.data.len()
    }

    async fn send(&self, events: &[&Event], patience: Patience) -> Result<Outcomes, ClientError> {
        let body = json::write(&PublishEvents { events: events.iter().map(|event| Written::from(*event)).collect() });
        let mut call = Call {
            service: Service::Eventarc,
            operation: Self::OPERATION,
            resource: self.name,
            path: format!("v1/{}:publishEvents", path(self.name)),
            body: None,
        };
        call.body = Some(body.map_err(|fault| call.error(fault))?);
        let (answer, _) = self.client.call(&call, patience).await;
        let Published {} = answer.and_then(|body| json::read(&body)).map_err(|fault| call.error(fault))?;
        Ok(events.iter().map(|event| Ok(event.id.clone())).collect())
    }
}

#[derive(Serialize)]
struct PublishEvents<'a> {
    events: Vec<Written<'a>>,
}

/// "io/cloudevents/v1/cloudevents.proto", as JSON has a message that says its type.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Written<'a> {
    #[serde(rename = "@type")]
    message_type: &'static str,
    id: &'a str,
    source: &'a str,
    spec_version: &'static str,
    #[serde(rename = "type")]
    kind: &'a str,
    attributes: Attributes<'a>,
    text_data: &'a str,
}

#[derive(Serialize)]
struct Attributes<'a> {
    datacontenttype: Attribute<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<Attribute<'a>>,
    time: Attribute<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Attribute<'a> {
    CeString(&'a str),
    CeTimestamp(Timestamp),
}

impl<'a> From<&'a Event> for Written<'a> {
    fn from(event: &'a Event) -> Self {
        Self {
            message_type: "type.googleapis.com/io.cloudevents.v1.CloudEvent",
            id: &event.id,
            source: &event.source,
            spec_version: "1.0",
            kind: &event.kind,
            attributes: Attributes {
                datacontenttype: Attribute::CeString("application/json"),
                subject: event.subject.as_deref().map(Attribute::CeString),
                time: Attribute::CeTimestamp(event.time),
            },
            text_data: &event.data,
        }
    }
}

/// Nothing is said of single events.
#[derive(Deserialize)]
struct Published {}
