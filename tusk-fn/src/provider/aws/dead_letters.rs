//! What a function rejects goes to its dead-letter queue, as it came, with attributes that say why.
//!
//! No source of AWS has a reply that means "not again", so the program sends it there itself and acknowledges it then. Between
//! the two it may be stopped, so that a letter may come twice; none is lost.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use futures_util::StreamExt as _;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use tusk_fn_spec::record::FunctionRecord;

#[cfg(feature = "aws-clients")]
use super::client::{Client, Message};
use crate::error::{BoxError, Failure, chain};
use crate::output::is_of_xml;
use crate::provider::{RESOURCES_VARIABLE, variable};

/// How many letters are sent at the same time.
const AT_ONCE: usize = 10;
/// The longest reason that is sent, in bytes: of what a message may have, most is for the body.
const LONGEST_REASON: usize = 2048;

/// What is needed of an item to send it on.
#[derive(Clone, Debug, Default)]
pub(super) struct Letter {
    /// What came: a message's or a record's own bytes, or the event in which a service told of a blob or a change.
    pub(super) body: Bytes,
    /// The id that the item was delivered under.
    pub(super) id: Option<String>,
    pub(super) attempt: u32,
    pub(super) group: Option<String>,
    /// A message's own attributes. Shared: a message may hold many items.
    pub(super) attributes: Arc<BTreeMap<String, String>>,
}

/// A letter as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DeadLetter {
    /// What came, as text; in base64 where the attribute `encoding` says so.
    pub(super) body: String,
    /// At most nine, so that they fit a message of SQS.
    pub(super) attributes: BTreeMap<&'static str, String>,
    /// For a queue that keeps the order of groups.
    pub(super) group: String,
    /// For such a queue too: two letters with the same one, shortly after each other, are one.
    pub(super) deduplication: String,
}

/// Where dead letters are sent.
pub(super) trait DeadLetters: Send + Sync {
    /// Sends one, before the deadline.
    fn send(&self, letter: DeadLetter, deadline: Option<Instant>) -> Sending<'_>;
}

/// A letter on its way.
pub(super) type Sending<'a> = Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send + 'a>>;

/// The queue that the process was told of.
pub(super) fn queue_of_process() -> Option<Arc<dyn DeadLetters>> {
    let url = url_in(&variable(RESOURCES_VARIABLE)?).unwrap_or_else(|error| {
        tracing::error!(target: "tusk_fn", %error, "`{RESOURCES_VARIABLE}` cannot be read");
        None
    })?;
    Some(Arc::new(Queue { url }))
}

/// The URL of the queue in what manifests say of the resources of a process.
pub(super) fn url_in(resources: &str) -> serde_json::Result<Option<String>> {
    #[derive(Deserialize)]
    #[serde(rename_all = "kebab-case")]
    struct Resources {
        dead_letter: Option<String>,
    }
    serde_json::from_str(resources).map(|Resources { dead_letter }| dead_letter)
}

/// A queue of SQS.
struct Queue {
    url: String,
}

impl DeadLetters for Queue {
    #[cfg(feature = "aws-clients")]
    fn send(&self, letter: DeadLetter, deadline: Option<Instant>) -> Sending<'_> {
        // Other queues refuse what is for those that keep order.
        let keeps_order = self.url.strip_suffix(".fifo").is_some();
        let message = Message {
            body: letter.body,
            attributes: letter.attributes.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            group: keeps_order.then_some(letter.group),
            deduplication: keeps_order.then_some(letter.deduplication),
            delay: None,
        };
        Box::pin(async move {
            Client::of_process()?.send_message(&self.url, &message, deadline).await?;
            Ok(())
        })
    }

    #[cfg(not(feature = "aws-clients"))]
    fn send(&self, _: DeadLetter, _: Option<Instant>) -> Sending<'_> {
        let error = format!("to send to {}, tusk-fn must be compiled with its feature `aws-clients`", self.url);
        Box::pin(std::future::ready(Err(error.into())))
    }
}

impl Letter {
    /// The letter to send for that reason.
    pub(super) fn seal(&self, function: &FunctionRecord, source: &str, reason: &Failure) -> DeadLetter {
        let (body, encoding) = as_text(&self.body);
        let id = self.id.clone().unwrap_or_default();
        let mut attributes = BTreeMap::from([
            ("reason", printable(cut(&reason.to_string()))),
            ("function", function.name.clone()),
            ("source", source.to_owned()),
            ("attempt", self.attempt.to_string()),
            ("encoding", encoding.to_owned()),
        ]);
        if !id.is_empty() {
            attributes.insert("id", printable(&id));
        }
        if !self.attributes.is_empty() {
            attributes.insert("attributes", printable(&serde_json::json!(*self.attributes).to_string()));
        }
        let group = self.group.clone().unwrap_or_else(|| function.name.clone());
        let deduplication = deduplication(&id, &self.body);
        DeadLetter { body, attributes, group, deduplication }
    }
}

/// The bytes as a message of SQS can carry them, and how they are encoded. It must have a body.
fn as_text(bytes: &Bytes) -> (String, &'static str) {
    match std::str::from_utf8(bytes) {
        Ok("") => ("-".to_owned(), "empty"),
        Ok(text) if text.chars().all(is_of_xml) => (text.to_owned(), "text"),
        _ => (BASE64_STANDARD.encode(bytes), "base64"),
    }
}

/// A text as the value of an attribute.
fn printable(text: &str) -> String {
    text.chars().map(|c| if is_of_xml(c) { c } else { ' ' }).collect()
}

/// The beginning of a text, if it is long.
fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(LONGEST_REASON)]
}

/// An id as SQS has them for this: at most 128 characters, letters, digits and punctuation (`SendMessage`).
fn deduplication(id: &str, body: &[u8]) -> String {
    if (1..=128).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic()) {
        return id.to_owned();
    }
    let hash = Sha256::new().chain_update(id).chain_update([0]).chain_update(body).finalize();
    BASE64_STANDARD.encode(hash)
}

/// Sends what a function rejected, each with the reason; for each, what kept it from being sent.
///
/// What is not sent when the deadline comes is left: to answer in time is worth more, as the platform would deliver
/// everything again.
pub(super) async fn send_all(
    to: Option<&Arc<dyn DeadLetters>>,
    letters: Vec<(&Letter, &Failure)>,
    (function, source): (&FunctionRecord, &str),
    deadline: Option<Instant>,
) -> Vec<Result<(), String>> {
    let Some(to) = to else {
        let why = "this process was not told of a dead-letter queue, under `dead-letter` in `TUSK_FN_RESOURCES`";
        return letters.iter().map(|_| Err(why.to_owned())).collect();
    };
    let send = async |(letter, reason): (&Letter, &Failure)| {
        let sent = to.send(letter.seal(function, source, reason), deadline);
        let sent = match deadline {
            Some(deadline) => match tokio::time::timeout_at(deadline.into(), sent).await {
                Ok(sent) => sent,
                Err(_) => return Err("the deadline came before it was sent to the dead-letter queue".to_owned()),
            },
            None => sent.await,
        };
        sent.map_err(|error| format!("it cannot be sent to the dead-letter queue: {}", chain(&*error)))
    };
    futures_util::stream::iter(letters).map(send).buffered(AT_ONCE).collect().await
}
