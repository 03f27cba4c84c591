//! `EventBridge`: events to a bus.

use std::time::{Instant, SystemTime};

use serde::{Deserialize, Serialize};

use super::Client;
use super::endpoint::{Place, Service};
use super::json::{Operation, V1_1};
use super::refusal::refused;
use crate::provider::client::batch::{Batch, Outcomes, send_all};
use crate::provider::client::error::{Cause, ClientError, Fault};
use crate::provider::client::retry::Patience;

const PUT_EVENTS: Operation =
    Operation { service: Service::EventBridge, name: "PutEvents", target: "AWSEvents.PutEvents", version: V1_1 };

/// An event.
#[derive(Clone, Default)]
pub(crate) struct Event {
    /// Where it happened.
    pub(crate) source: String,
    /// What kind of thing happened.
    pub(crate) detail_type: String,
    /// What happened, a JSON object.
    pub(crate) detail: String,
    /// The ARNs of what it happened to.
    pub(crate) resources: Vec<String>,
    /// When it happened; else when it is sent.
    pub(crate) time: Option<SystemTime>,
}

impl Client {
    /// Sends events to a bus; the id that each was given, in their order.
    pub(crate) async fn put_events(
        &self,
        bus: &str,
        events: &[Event],
        deadline: Option<Instant>,
    ) -> Vec<Result<String, ClientError>> {
        send_all(&self.shared.policy, &Bus { client: self, name: bus }, events, deadline).await
    }
}

struct Bus<'a> {
    client: &'a Client,
    name: &'a str,
}

impl Batch for Bus<'_> {
    type Entry = Event;

    const OPERATION: &'static str = PUT_EVENTS.name;
    const ENTRIES: usize = 10;
    /// AWS says "less than 1 MB", and not of which kind.
    const BYTES: usize = 999_999;
    const ENTRY_BYTES: usize = (1 << 20) - 1;

    fn resource(&self) -> &str {
        self.name
    }

    fn size(event: &Event) -> usize {
        const TIME: usize = 14;
        let resources: usize = event.resources.iter().map(String::len).sum();
        event.source.len() + event.detail_type.len() + event.detail.len() + resources + event.time.map_or(0, |_| TIME)
    }

    async fn send(&self, events: &[&Event], patience: Patience) -> Result<Outcomes, ClientError> {
        let input = PutEvents { entries: events.iter().map(|event| Entry::new(self.name, event)).collect() };
        let answer: PutEventsAnswer =
            self.client.call_json(&PUT_EVENTS, Place::of(self.name), &input, patience).await?;
        // They are told apart by their places alone.
        let mut outcomes: Outcomes = answer.entries.into_iter().map(Answered::outcome).collect();
        outcomes.resize_with(events.len(), || Err(Cause::Unreadable.into()));
        Ok(outcomes)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PutEvents<'a> {
    entries: Vec<Entry<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Entry<'a> {
    event_bus_name: &'a str,
    source: &'a str,
    detail_type: &'a str,
    detail: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    resources: &'a [String],
    /// Seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<u64>,
}

impl<'a> Entry<'a> {
    fn new(bus: &'a str, event: &'a Event) -> Self {
        let seconds = |time: SystemTime| time.duration_since(SystemTime::UNIX_EPOCH).ok().map(|since| since.as_secs());
        Self {
            event_bus_name: bus,
            source: &event.source,
            detail_type: &event.detail_type,
            detail: &event.detail,
            resources: &event.resources,
            time: event.time.and_then(seconds),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PutEventsAnswer {
    #[serde(default)]
    entries: Vec<Answered>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answered {
    event_id: Option<String>,
    error_code: Option<String>,
    error_message: Option<String>,
}

impl Answered {
    fn outcome(self) -> Result<String, Fault> {
        match (self.event_id, self.error_code) {
            (_, Some(code)) => Err(refused(&code, None, self.error_message.as_deref())),
            (Some(id), None) => Ok(id),
            (None, None) => Err(Cause::Unreadable.into()),
        }
    }
}
