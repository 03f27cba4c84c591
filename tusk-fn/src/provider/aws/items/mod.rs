//! Opens what an event source sent: a record of the event holds none, one or several items for the function.
//!
//! | what came | `queue` | `topic` | `blob` | `event` | `database` | `stream` |
//! |---|---|---|---|---|---|---|
//! | SQS | the message | the message, or what SNS sent with it | an event within, with or without SNS | an event within, with or without SNS | | |
//! | SNS | | the message | an event within | an event within | | |
//! | S3 | | | each object | | | |
//! | `EventBridge` | | | the object | the event | | |
//! | `DynamoDB` | | | | | the change | |
//! | Kinesis | | | | | | the record |
//!
//! A service wraps what another one sent as a text in its own message; the function's trigger says what is wanted, and so how far
//! to unwrap. A queue's message is never looked into.
//!
//! Broken is what lacks what its kind must have. It is rejected by itself, so that the others of its batch are handled: nothing
//! that is sent again would be whole. What a function's trigger does not want is acknowledged without a call.

mod dynamodb;
mod event_bridge;
mod kinesis;
mod nested;
mod s3;
mod sns;
mod sqs;

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::value::RawValue;
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::Trigger;

pub(super) use self::event_bridge::Heading;
use super::dead_letters::Letter;
use super::event::{Sent, Service};
use crate::context::Delivery;
use crate::delivery::{Arrival, Order};
use crate::error::Failure;
use crate::event::Item;
use crate::provider::field::{self, Fault};

/// A record of an event: that of which the platform is told how it went.
pub(super) struct Unit {
    /// What the platform calls it: a message's id, a record's sequence number. Never empty.
    pub(super) identifier: Option<String>,
    /// Whether it comes from a queue that keeps the order of groups.
    ordered: bool,
    pub(super) contents: Vec<Content>,
}

/// What a record holds.
pub(super) enum Content {
    /// An item for the function.
    Item(Box<Arrival>, Letter),
    /// An item that the function does not want.
    Unwanted,
    /// Something broken.
    Broken(Failure, Letter),
}

impl Content {
    /// An item on its way.
    fn item(item: Item, delivery: Delivery, mut letter: Letter) -> Self {
        letter.id.clone_from(&delivery.id);
        letter.attempt = delivery.attempt;
        Self::Item(Box::new(Arrival { item, delivery }), letter)
    }
}

/// What an event source sent, opened for a function.
pub(super) struct Opened {
    pub(super) units: Vec<Unit>,
    /// What must not overtake what.
    pub(super) order: Order,
}

/// Opens what came for a function. Nothing of it fails as a whole.
pub(super) fn open(sent: &Sent, function: &FunctionRecord, delivery: &Delivery) -> Opened {
    let opener = Opener { function, delivery };
    let open = match sent.service {
        Service::Sqs => sqs::open,
        Service::Sns => sns::open,
        Service::S3 => s3::open,
        Service::DynamoDb => dynamodb::open,
        Service::Kinesis => kinesis::open,
        Service::EventBridge => event_bridge::open,
    };
    let units: Vec<Unit> = sent.records.iter().map(|record| open(&opener, record)).collect();
    let order = match sent.service {
        Service::DynamoDb | Service::Kinesis => Order::All,
        Service::Sqs if units.iter().any(|unit| unit.ordered) => match function.trigger {
            // Blobs and events have no group to keep them in order by.
            Trigger::Blob(_) | Trigger::Event(_) => Order::All,
            _ => Order::Groups,
        },
        Service::Sqs | Service::Sns | Service::S3 | Service::EventBridge => Order::Any,
    };
    Opened { units, order }
}

/// Opens records for one function.
struct Opener<'a> {
    function: &'a FunctionRecord,
    delivery: &'a Delivery,
}

impl Opener<'_> {
    /// Something that is not what it must be.
    fn broken(&self, expected: &str, fault: &Fault, letter: Letter) -> Content {
        let message = format!("the function `{}` was to be given {expected}, but {fault}", self.function.name);
        Content::Broken(Failure::new("UndecodableItem", message).rejecting(), letter)
    }

    /// An item that the function's trigger does not want.
    fn unwanted(&self, what: &str, id: Option<&str>) -> Content {
        tracing::debug!(target: "tusk_fn", function = self.function.name, id, "{what}: acknowledged without a call");
        Content::Unwanted
    }

    /// What a service may only send to functions of other kinds.
    fn misdirected(&self, service: Service, letter: Letter) -> Content {
        let fault = Fault(format!("{} came", service.described()));
        self.broken(&format!("what `trigger = \"{}\"` names", self.function.trigger.name()), &fault, letter)
    }

    /// Delivered under that id.
    fn delivery(&self, id: Option<String>) -> Delivery {
        Delivery { id, ..self.delivery.clone() }
    }
}

impl Unit {
    fn of(identifier: Option<String>, contents: Vec<Content>) -> Self {
        Self { identifier: identifier.filter(|it| !it.is_empty()), ordered: false, contents }
    }
}

/// The letter of a record of which only the text is known.
fn whole(record: &Bytes) -> Letter {
    Letter { body: record.clone(), attempt: 1, ..Letter::default() }
}

/// The text at a path of keys in a record that is otherwise broken, if it can still be told.
fn salvaged(record: &Bytes, path: &[&str]) -> Option<String> {
    let mut found: Option<&RawValue> = Some(serde_json::from_slice(record).ok()?);
    for key in path {
        let fields: BTreeMap<String, &RawValue> = serde_json::from_str(found?.get()).ok()?;
        found = fields.get(*key).copied();
    }
    field::hint(found).map(Into::into)
}
