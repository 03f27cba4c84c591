//! Queues of a storage account: texts, and nothing said about them ("Put Message").
//!
//! The Functions host takes a text for base64 unless it is told otherwise (`host.json`, `queues.messageEncoding`).

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::{HeaderName, HeaderValue, Method};
use serde::Deserialize;

use super::identity::Service;
use super::place::Place;
use super::{Call, Client, none_foreseen};
use crate::provider::client::batch::{Batch, Outcomes, send_all};
use crate::provider::client::error::{Cause, ClientError, Fault};
use crate::provider::client::retry::Patience;

/// The first version whose queues took tokens is older.
const VERSION: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-ms-version"), HeaderValue::from_static("2021-12-02"));

/// A message for a queue.
#[derive(Clone, Debug, Default)]
pub(crate) struct Text {
    base64: String,
    delay: Option<Duration>,
}

impl Text {
    pub(crate) fn new(body: &[u8], delay: Option<Duration>) -> Self {
        Self { base64: BASE64_STANDARD.encode(body), delay }
    }
}

impl Client {
    /// Puts messages into a queue; the id that each was given, in their order.
    pub(crate) async fn put_messages(
        &self,
        place: &Place,
        messages: &[Text],
        deadline: Option<Instant>,
    ) -> Vec<Result<String, ClientError>> {
        send_all(&self.shared.policy, &Queue { client: self, place }, messages, deadline).await
    }
}

struct Queue<'a> {
    client: &'a Client,
    place: &'a Place,
}

impl Batch for Queue<'_> {
    type Entry = Text;

    const OPERATION: &'static str = "Put Message";
    const ENTRIES: usize = 1;
    const BYTES: usize = 64 << 10;
    const ENTRY_BYTES: usize = 64 << 10;

    fn resource(&self) -> &str {
        self.place.name()
    }

    /// In base64, as it is counted.
    fn size(message: &Text) -> usize {
        message.base64.len()
    }

    async fn send(&self, messages: &[&Text], patience: Patience) -> Result<Outcomes, ClientError> {
        let [message] = messages else { return Ok(Vec::new()) };
        // A second too late is right, a second too early is not.
        let seconds = message.delay.map(|delay| delay.as_secs() + u64::from(delay.subsec_nanos() > 0));
        let query = seconds.map(|seconds| format!("?visibilitytimeout={seconds}")).unwrap_or_default();
        let xml = format!("<QueueMessage><MessageText>{}</MessageText></QueueMessage>", message.base64);
        let call = Call {
            service: Service::Storage,
            operation: Self::OPERATION,
            resource: self.place.name(),
            method: Method::POST,
            url: format!("{}/messages{query}", self.place.url()),
            headers: vec![VERSION],
            body: xml.into(),
            foreseen: none_foreseen,
        };
        let answer = self.client.call(&call, patience).await?;
        let id = read(&answer.body).map_err(|fault| call.failed(fault))?;
        Ok(vec![Ok(id)])
    }
}

/// The id that was given.
fn read(body: &[u8]) -> Result<String, Fault> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct List {
        queue_message: Put,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Put {
        message_id: String,
    }
    let text = std::str::from_utf8(body).map_err(|_| Fault::from(Cause::Unreadable))?;
    let list: List = quick_xml::de::from_str(text.trim_start_matches('\u{feff}')).map_err(|_| Cause::Unreadable)?;
    Ok(list.queue_message.message_id)
}
