//! Service Bus: queues, topics with a subscription for each function, and the queues of events.
//!
//! What fails as often as its function allows goes to the dead letters of its own queue or subscription, or on to the queue
//! that `dead_letter` names. What nobody takes for two weeks goes there, too.

use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::Trigger;
use tusk_fn_spec::trigger::queue::{DEFAULT_ATTEMPTS, Delivery};

use super::arm::{Id, Resource, kind, literal, variable};
use super::host::delivery_of;
use super::program::Program;
use super::role::{Grants, Role};
use super::{Rendered, filter, names};
use crate::uses::Use;
use crate::yaml::{Tree, entries, map};
use crate::{RenderError, ResourceKind};

/// For how long a message waits: as long as on other platforms.
const KEPT: &str = "P14D";
/// For how long a message is one's own, unless the host asks for more time: as long as Service Bus allows.
const LOCKED: &str = "PT5M";
/// Within how long the same message of an ordered queue is known again: as long as on other platforms.
const KNOWN_AGAIN: &str = "PT5M";
/// How much a queue or a topic holds: as much as it may.
const MEGABYTES: u64 = 5120;
/// The rule that a subscription has by itself; one of that name takes its place.
const DEFAULT_RULE: &str = "$Default";

pub(super) fn namespace() -> Id {
    Id::new(kind::SERVICE_BUS, variable("name"))
}

pub(super) fn queue(name: &str) -> Id {
    namespace().child(kind::QUEUE, name)
}

pub(super) fn inbox(function: &str) -> Id {
    queue(&names::inbox(function))
}

fn topic(name: &str) -> Id {
    namespace().child(kind::TOPIC, names::topic(name))
}

fn subscription(function: &str, of: &str) -> Id {
    topic(of).child(kind::SUBSCRIPTION, names::group(function))
}

/// Whether there are queues or topics.
pub(super) fn is_needed(program: &Program<'_>) -> bool {
    program.has(ResourceKind::Queue) || program.has(ResourceKind::Topic) || program.with_inbox().next().is_some()
}

pub(super) fn resources(program: &Program<'_>, errors: &mut Vec<RenderError>) -> Vec<Resource> {
    if !is_needed(program) {
        return Vec::new();
    }
    let sku = map([("name", "Standard".into()), ("tier", "Standard".into())]);
    let properties = entries([("disableLocalAuth", true.into()), ("minimumTlsVersion", "1.2".into())]);
    let mut resources = vec![Resource::located(namespace()).with("sku", sku).properties(properties)];
    resources.extend(program.resources(ResourceKind::Queue).map(|(name, used)| queue_for(program, name, used)));
    for record in program.with_inbox() {
        resources.push(Resource::new(inbox(&record.name)).properties(received(DEFAULT_ATTEMPTS)));
    }
    for (name, used) in program.resources(ResourceKind::Topic) {
        let properties = entries([("defaultMessageTimeToLive", KEPT.into()), ("maxSizeInMegabytes", MEGABYTES.into())]);
        let mut topic = Resource::new(topic(name)).properties(properties);
        for record in used.triggered() {
            match subscribe(record) {
                Ok(subscription) => topic = subscription.into_iter().fold(topic, Resource::holding),
                Err(kind) => errors.push(RenderError::of(record, *kind)),
            }
        }
        resources.push(topic);
    }
    resources
}

/// The subscription of a topic's function, with what it wants of the topic.
fn subscribe(record: &FunctionRecord) -> Rendered<Option<Resource>> {
    let Trigger::Topic(of) = &record.trigger else { return Ok(None) };
    let id = subscription(&record.name, &of.topic);
    let expression = filter::expression(&of.filter)?;
    let rule =
        entries([("filterType", "SqlFilter".into()), ("sqlFilter", map([("sqlExpression", literal(&expression))]))]);
    let mut properties = waiting(of.delivery.max_attempts);
    // A message that the filter cannot be asked about is not lost.
    properties.push(("deadLetteringOnFilterEvaluationExceptions".to_owned(), true.into()));
    let rule = Resource::new(id.child(kind::RULE, DEFAULT_RULE)).properties(rule);
    Ok(Some(Resource::new(id).properties(properties).holding(rule)))
}

fn queue_for(program: &Program<'_>, name: &str, used: &Use<'_>) -> Resource {
    let receiver = used.triggered().next();
    let attempts =
        receiver.and_then(delivery_of).map_or(DEFAULT_ATTEMPTS, |Delivery { max_attempts, .. }| max_attempts);
    let mut properties = received(attempts);
    if program.is_ordered(name) {
        properties.extend(entries([
            ("requiresSession", true.into()),
            ("requiresDuplicateDetection", true.into()),
            ("duplicateDetectionHistoryTimeWindow", KNOWN_AGAIN.into()),
        ]));
    }
    let mut resource = Resource::new(queue(name));
    if let Some(other) = receiver.and_then(Program::dead_letter) {
        properties.push(("forwardDeadLetteredMessagesTo".to_owned(), other.into()));
        resource = resource.after(&queue(other));
    }
    resource.properties(properties)
}

fn received(attempts: u32) -> Vec<(String, Tree)> {
    let mut properties = waiting(attempts);
    properties.push(("maxSizeInMegabytes".to_owned(), MEGABYTES.into()));
    properties
}

fn waiting(attempts: u32) -> Vec<(String, Tree)> {
    entries([
        ("lockDuration", LOCKED.into()),
        ("maxDeliveryCount", u64::from(attempts).into()),
        ("defaultMessageTimeToLive", KEPT.into()),
        ("deadLetteringOnMessageExpiration", true.into()),
    ])
}

/// Receiving where functions are triggered, sending where they send.
pub(super) fn grant(program: &Program<'_>, grants: &mut Grants) {
    for record in program.functions {
        match &record.trigger {
            Trigger::Queue(it) => grants.grant(Role::MessageReceiver, &queue(&it.queue)),
            Trigger::Topic(it) => grants.grant(Role::MessageReceiver, &subscription(&record.name, &it.topic)),
            Trigger::Blob(_) | Trigger::Event(_) => grants.grant(Role::MessageReceiver, &inbox(&record.name)),
            Trigger::Http(_) | Trigger::Timer(_) | Trigger::Database(_) | Trigger::Stream(_) => {}
        }
    }
    for (_, (kind, name), _) in program.outputs() {
        match kind {
            ResourceKind::Queue => grants.grant(Role::MessageSender, &queue(name)),
            ResourceKind::Topic => grants.grant(Role::MessageSender, &topic(name)),
            ResourceKind::Bucket
            | ResourceKind::Table
            | ResourceKind::Stream
            | ResourceKind::Secret
            | ResourceKind::EventBus => {}
        }
    }
}
