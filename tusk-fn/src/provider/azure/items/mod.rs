//! What is in an event, by the function's trigger: its binding is of the type that manifests give it, and what comes
//! tells which of those that are possible it is.
//!
//! | trigger | binding | what tells it |
//! |---|---|---|
//! | `timer` | `timerTrigger` | |
//! | `queue` | `queueTrigger`, `serviceBusTrigger` | metadata that only Service Bus has |
//! | `topic` | `serviceBusTrigger`, `eventGridTrigger` | Event Grid's value is an object, a message never |
//! | `blob` | `serviceBusTrigger`, `blobTrigger`, `eventGridTrigger` | both: the content of a blob is never an object |
//! | `database` | `cosmosDBTrigger` | |
//! | `stream` | `eventHubTrigger` | |
//! | `event` | `serviceBusTrigger`, `eventGridTrigger` | metadata that only Service Bus has |
//!
//! A message of Service Bus for a function with `trigger = "blob"` or `"event"` holds an event of Event Grid.

mod blob;
mod cosmos_db;
mod event_grid;
mod event_hub;
mod message;
mod timer;

use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::Trigger;

use super::metadata::Metadata;
use super::wire::Sent;
use crate::context::Delivery;
use crate::delivery::Order;
use crate::event::Item;
use crate::provider::field::Fault;
use crate::timer::Timer;

/// What came for a function.
#[derive(Debug)]
pub(super) enum Opened {
    /// Items. None where it wants none of them: they are acknowledged without a call.
    Items {
        /// The items.
        items: Vec<One>,
        /// What must not overtake what.
        order: Order,
    },
    /// An instant.
    Timer {
        /// The instant.
        timer: Timer,
        /// Which attempt this is.
        attempt: u32,
    },
}

/// An item of an invocation.
#[derive(Debug)]
pub(super) struct One {
    pub(super) item: Item,
    /// What is equal for each attempt; none where the host does not say it.
    pub(super) id: Option<String>,
    pub(super) attempt: u32,
}

/// What a function is to be given, for a message.
pub(super) const fn expected(trigger: &Trigger) -> &'static str {
    match trigger {
        Trigger::Http(_) => "a client's request",
        Trigger::Timer(_) => "a scheduled instant (timerTrigger)",
        Trigger::Queue(_) => "a message (queueTrigger or serviceBusTrigger)",
        Trigger::Topic(_) => "a message (serviceBusTrigger or eventGridTrigger)",
        Trigger::Blob(_) => "a blob (serviceBusTrigger, blobTrigger or eventGridTrigger)",
        Trigger::Database(_) => "documents (cosmosDBTrigger)",
        Trigger::Stream(_) => "records (eventHubTrigger)",
        Trigger::Event(_) => "an event (serviceBusTrigger or eventGridTrigger)",
    }
}

/// Opens what came.
///
/// # Errors
/// It lacks what a binding of that type has.
pub(super) fn open(function: &FunctionRecord, sent: &Sent<'_>, delivery: &Delivery) -> Result<Opened, Fault> {
    match &function.trigger {
        Trigger::Timer(timer) => timer::open(sent, timer),
        Trigger::Topic(topic) if sent.is_object() => event_grid::messages(function, topic, sent),
        Trigger::Queue(_) | Trigger::Topic(_) => message::open(function, sent, delivery),
        Trigger::Blob(blob) if sent.is_object() || message::is_message(sent) => event_grid::blobs(function, blob, sent),
        Trigger::Blob(blob) => blob::open(function, blob, sent),
        Trigger::Database(database) => cosmos_db::open(database, sent),
        Trigger::Stream(_) => event_hub::open(sent),
        Trigger::Event(event) => event_grid::events(function, event, sent),
        Trigger::Http(_) => Err(Fault("an event came".to_owned())),
    }
}

/// Which attempt this is: the host tries again itself where the function has a retry policy, and the service delivers
/// again.
fn attempt(metadata: &Metadata<'_>, deliveries: Option<u32>) -> u32 {
    deliveries.unwrap_or(1).max(1).saturating_add(metadata.retries())
}

/// Says that a function does not want what came.
fn unwanted(function: &FunctionRecord, why: &str, id: Option<&str>) {
    tracing::debug!(target: "tusk_fn", function = function.name, id, "{why}: acknowledged without a call");
}
