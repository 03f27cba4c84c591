//! Messages: `queueTrigger` of Storage Queues, `serviceBusTrigger` of a queue or a topic.
//!
//! | | Storage Queue | Service Bus |
//! |---|---|---|
//! | id | `Id` | `MessageId`, else `SequenceNumber` |
//! | attempt | `DequeueCount` | `DeliveryCount` |
//! | time | `InsertionTime` | `EnqueuedTimeUtc` |
//! | attributes | none | `ApplicationProperties` |
//! | group | none | `SessionId`, unless it is the `MessageId`: so our own clients send a message that has no group |
//!
//! Several messages have them as lists, `MessageIdArray` and so on. A message whose id the payload hides
//! ([`metadata`](crate::provider::azure::metadata)) has none that is equal for each attempt: `idempotent = true` does
//! not know it again, and the log says so. Where it hides the attributes, a function with a `filter` is not called and
//! the invocation fails.

use std::borrow::Cow;
use std::collections::BTreeMap;

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::Value;
use tusk_fn_spec::record::{FunctionRecord, Idempotent};
use tusk_fn_spec::trigger::Trigger;

use super::{One, Opened, attempt, unwanted};
use crate::context::Delivery;
use crate::delivery::Order;
use crate::event::{Item, MessageItem};
use crate::provider::azure::metadata::{Metadata, attributes, count, moment};
use crate::provider::azure::wire::Sent;
use crate::provider::field::{Fault, object};

/// The names of what only Service Bus says.
const OF_SERVICE_BUS: [&str; 6] =
    ["LockToken", "SequenceNumber", "DeliveryCount", "LockTokenArray", "SequenceNumberArray", "DeliveryCountArray"];
/// The names of what a sender says of a message; the second is the older one of the same.
const ATTRIBUTES: [&str; 2] = ["ApplicationProperties", "UserProperties"];

/// A message of Service Bus that holds something else, such as an event of Event Grid.
pub(super) struct Parcel {
    pub(super) body: Bytes,
    /// Which attempt this is.
    pub(super) attempt: u32,
}

/// Whether what came are messages of Service Bus. What a payload puts over the metadata does not count: no content of a blob
/// makes itself look like a message.
pub(super) fn is_message(sent: &Sent<'_>) -> bool {
    // Most of what is none is told without a look at its payload.
    is_of_service_bus(&sent.metadata()) && sent.payloads().is_ok_and(|payloads| is_of_service_bus(&payloads.metadata))
}

/// The messages of Service Bus that came, if such came.
pub(super) fn parcels(sent: &Sent<'_>) -> Result<Option<Vec<Parcel>>, Fault> {
    if !is_message(sent) {
        return Ok(None);
    }
    let payloads = sent.payloads()?;
    let (metadata, number) = (&payloads.metadata, payloads.bodies.len());
    let deliveries = if payloads.several {
        let counted =
            |value: Option<String>| value.map(|value| count(&value, "Metadata.DeliveryCountArray")).transpose();
        let counts = metadata.each("DeliveryCount", number)?.unwrap_or_else(|| vec![None; number]);
        counts.into_iter().map(counted).collect::<Result<_, _>>()?
    } else {
        vec![metadata.count("DeliveryCount")?]
    };
    let parcel = |(body, deliveries)| Parcel { body, attempt: attempt(metadata, deliveries) };
    Ok(Some(payloads.bodies.into_iter().zip(deliveries).map(parcel).collect()))
}

fn is_of_service_bus(metadata: &Metadata<'_>) -> bool {
    OF_SERVICE_BUS.iter().any(|name| metadata.has(name))
}

/// What is said of a message.
#[derive(Default)]
struct About {
    id: Option<String>,
    deliveries: Option<u32>,
    time: Option<Timestamp>,
    /// None where it cannot be told.
    attributes: Option<BTreeMap<String, String>>,
    group: Option<String>,
}

pub(super) fn open(function: &FunctionRecord, sent: &Sent<'_>, delivery: &Delivery) -> Result<Opened, Fault> {
    let payloads = sent.payloads()?;
    let metadata = &payloads.metadata;
    // A topic is never a Storage Queue, whatever the payload hides.
    let of_service_bus = matches!(function.trigger, Trigger::Topic(_)) || is_of_service_bus(metadata);
    let about = if !of_service_bus {
        if payloads.several {
            return Err(Fault("`Metadata.SequenceNumberArray` is missing".to_owned()));
        }
        vec![of_storage(metadata)?]
    } else if payloads.several {
        of_many(metadata, payloads.bodies.len())?
    } else {
        vec![of_one(metadata)?]
    };
    let mut items = Vec::new();
    for (body, about) in payloads.bodies.into_iter().zip(about) {
        let hidden = about.id.is_none();
        let id = about.id.clone().unwrap_or_else(|| delivery.invocation.to_string());
        if hidden && function.idempotent == Some(Idempotent::Delivery) {
            tracing::warn!(
                target: "tusk_fn", function = function.name,
                "the payload hides the message's id from the host, so that the message would not be known again; give \
                 its binding the name `bytes` and `dataType` `binary`, or say which value of the payload is its id"
            );
        }
        if !is_wanted(function, about.attributes.as_ref(), &id)? {
            continue;
        }
        let message = MessageItem {
            body,
            attributes: about.attributes.unwrap_or_default(),
            id,
            group: about.group,
            enqueued_at: about.time,
        };
        items.push(One { item: Item::Message(message), id: about.id, attempt: attempt(metadata, about.deliveries) });
    }
    Ok(Opened::Items { items, order: Order::Groups })
}

/// Whether the function's filter, if it has one, lets the message pass.
fn is_wanted(
    function: &FunctionRecord,
    attributes: Option<&BTreeMap<String, String>>,
    id: &str,
) -> Result<bool, Fault> {
    let Trigger::Topic(topic) = &function.trigger else { return Ok(true) };
    if topic.filter.is_empty() {
        return Ok(true);
    }
    let hidden = || Fault("the payload hides `Metadata.ApplicationProperties`, and `filter` is about them".to_owned());
    let attributes = attributes.ok_or_else(hidden)?;
    let unmet = topic.filter.iter().find(|condition| !condition.holds(attributes));
    if let Some(condition) = unmet {
        unwanted(function, &format!("the message does not meet `{condition}`"), Some(id));
    }
    Ok(unmet.is_none())
}

fn of_storage(metadata: &Metadata<'_>) -> Result<About, Fault> {
    let id = if metadata.is_shadowed("Id") { None } else { Some(metadata.required("Id")?) };
    let (deliveries, time) = (metadata.count("DequeueCount")?, metadata.moment("InsertionTime"));
    Ok(About { id, deliveries, time, attributes: Some(BTreeMap::new()), group: None })
}

fn of_one(metadata: &Metadata<'_>) -> Result<About, Fault> {
    let sequence = metadata.text("SequenceNumber")?;
    let id = metadata.text("MessageId")?.or(sequence);
    if id.is_none() && !["MessageId", "SequenceNumber"].iter().any(|name| metadata.is_shadowed(name)) {
        return Err(Fault("`Metadata.MessageId` is missing".to_owned()));
    }
    let mut said = None;
    for name in ATTRIBUTES {
        if said.is_none() {
            said = metadata.object::<BTreeMap<Cow<'_, str>, Value>>(name)?;
        }
    }
    let hidden = said.is_none() && ATTRIBUTES.iter().any(|name| metadata.is_shadowed(name));
    Ok(About {
        id,
        deliveries: metadata.count("DeliveryCount")?,
        time: metadata.moment("EnqueuedTimeUtc"),
        attributes: if hidden { None } else { Some(attributes(said.unwrap_or_default())) },
        group: of_session(metadata.text("SessionId")?, metadata.text("MessageId")?.as_deref()),
    })
}

/// The group that a session is. A message that has none is sent in a session of its own.
fn of_session(session: Option<String>, id: Option<&str>) -> Option<String> {
    session.filter(|session| Some(session.as_str()) != id)
}

fn of_many(metadata: &Metadata<'_>, number: usize) -> Result<Vec<About>, Fault> {
    let list = |name: &str| Ok(metadata.each(name, number)?.unwrap_or_else(|| vec![None; number]));
    let ids = list("MessageId")?.into_iter().zip(list("SequenceNumber")?);
    let mut about = Vec::with_capacity(number);
    for (index, (id, sequence)) in ids.enumerate() {
        let missing = || Fault(format!("`Metadata.MessageIdArray[{index}]` is missing"));
        about.push(About { id: Some(id.or(sequence).ok_or_else(missing)?), ..About::default() });
    }
    let all = about.iter_mut();
    for (about, value) in all.zip(list("DeliveryCount")?) {
        about.deliveries = value.map(|value| count(&value, "Metadata.DeliveryCountArray")).transpose()?;
    }
    for (about, value) in about.iter_mut().zip(list("EnqueuedTimeUtc")?) {
        about.time = value.as_deref().and_then(moment);
    }
    for ((about, session), id) in about.iter_mut().zip(list("SessionId")?).zip(list("MessageId")?) {
        about.group = of_session(session, id.as_deref());
    }
    let properties = metadata.each(ATTRIBUTES[0], number)?.or(metadata.each(ATTRIBUTES[1], number)?);
    for (about, value) in about.iter_mut().zip(properties.unwrap_or_else(|| vec![None; number])) {
        let said: BTreeMap<Cow<'_, str>, Value> = match &value {
            Some(value) => object(value, "`Metadata.ApplicationPropertiesArray`")?,
            None => BTreeMap::new(),
        };
        about.attributes = Some(attributes(said));
    }
    Ok(about)
}
