//! Event Grid: what happens in buckets, and the program's own events. Each function has a queue of its own, where they wait.
//!
//! Event Grid delivers as an identity that may send to these queues and nothing else, and puts what it cannot deliver into a
//! container. It filters by type and subject; what a function wants beyond that, the program looks at.

use tusk_fn_spec::filter::Wildcard;
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::Trigger;
use tusk_fn_spec::trigger::blob::{Blob, BlobEvent};
use tusk_fn_spec::trigger::event::Event;

use super::arm::{Id, Resource, kind, literal, variable};
use super::program::Program;
use super::role::{Grants, Role};
use super::{names, service_bus, storage};
use crate::ResourceKind;
use crate::yaml::{Tree, entries, map};

/// How often Event Grid tries to deliver an event, and for how many minutes: as often and as long as it may.
const MOST_DELIVERIES: u64 = 30;
const LONGEST_DELIVERY: u64 = 1440;

/// Whom Event Grid delivers as.
pub(super) fn identity() -> Id {
    Id::new(kind::IDENTITY, format!("concat({}, '-events')", variable("name")))
}

/// The topic of the program's own events.
pub(super) fn topic() -> Id {
    Id::new(kind::EVENT_TOPIC, variable("name"))
}

/// The topic of what happens in buckets.
pub(super) fn bucket_topic() -> Id {
    Id::new(kind::SYSTEM_TOPIC, variable("name"))
}

pub(super) fn resources(program: &Program<'_>) -> Vec<Resource> {
    let mut resources = Vec::new();
    let delivers = program.with_inbox().next().is_some();
    let mut grants = Grants::of(identity());
    if delivers {
        resources.push(Resource::located(identity()));
        grants.grant(Role::BlobContributor, &storage::of_host(names::UNDELIVERED));
        for record in program.with_inbox() {
            grants.grant(Role::MessageSender, &service_bus::inbox(&record.name));
        }
        resources.extend(grants.resources());
    }
    if program.with_inbox().any(|record| matches!(record.trigger, Trigger::Blob(_))) {
        let properties = entries([
            ("source", storage::buckets().value()),
            ("topicType", "Microsoft.Storage.StorageAccounts".into()),
        ]);
        resources.push(delivering(Resource::located(bucket_topic())).after(&storage::buckets()).properties(properties));
    }
    if program.has(ResourceKind::EventBus) {
        let own = Resource::located(topic());
        let triggers = program.with_inbox().any(|record| matches!(record.trigger, Trigger::Event(_)));
        let own = if triggers { delivering(own) } else { own };
        resources.push(own.properties(entries([
            ("inputSchema", "CloudEventSchemaV1_0".into()),
            ("disableLocalAuth", true.into()),
            ("minimumTlsVersionAllowed", "1.2".into()),
        ])));
    }
    resources.extend(program.with_inbox().filter_map(|record| subscription(record, &grants)));
    resources
}

/// A topic that delivers as the identity.
fn delivering(topic: Resource) -> Resource {
    let identities = vec![(format!("[{}]", identity().expression()), map([]))];
    let own = map([("type", "UserAssigned".into()), ("userAssignedIdentities", Tree::Map(identities))]);
    topic.with("identity", own).after(&identity())
}

fn subscription(record: &FunctionRecord, grants: &Grants) -> Option<Resource> {
    let name = names::event_subscription(&record.name);
    let (id, filter) = match &record.trigger {
        Trigger::Blob(blob) => (bucket_topic().child(kind::SYSTEM_TOPIC_SUBSCRIPTION, name), objects(blob)),
        Trigger::Event(event) => (topic().child(kind::EVENT_TOPIC_SUBSCRIPTION, name), events(event)),
        Trigger::Http(_)
        | Trigger::Timer(_)
        | Trigger::Queue(_)
        | Trigger::Topic(_)
        | Trigger::Database(_)
        | Trigger::Stream(_) => return None,
    };
    let (inbox, undelivered) = (service_bus::inbox(&record.name), storage::of_host(names::UNDELIVERED));
    let own = || map([("type", "UserAssigned".into()), ("userAssignedIdentity", identity().value())]);
    let queue = map([("endpointType", "ServiceBusQueue".into()), ("properties", map([("resourceId", inbox.value())]))]);
    let container = map([
        ("endpointType", "StorageBlob".into()),
        (
            "properties",
            map([("resourceId", storage::host().value()), ("blobContainerName", names::UNDELIVERED.into())]),
        ),
    ]);
    let retry =
        map([("maxDeliveryAttempts", MOST_DELIVERIES.into()), ("eventTimeToLiveInMinutes", LONGEST_DELIVERY.into())]);
    let properties = entries([
        ("eventDeliverySchema", "CloudEventSchemaV1_0".into()),
        ("filter", Tree::Map(filter)),
        ("deliveryWithResourceIdentity", map([("identity", own()), ("destination", queue)])),
        ("retryPolicy", retry),
        ("deadLetterWithResourceIdentity", map([("identity", own()), ("deadLetterDestination", container)])),
    ]);
    // Who may not deliver yet cannot subscribe.
    let resource = Resource::new(id)
        .after(&grants.assignment_id(Role::MessageSender, &inbox))
        .after(&grants.assignment_id(Role::BlobContributor, &undelivered));
    Some(resource.properties(properties))
}

/// Which events of which objects.
fn objects(blob: &Blob) -> Vec<(String, Tree)> {
    let event = |event: &BlobEvent| match event {
        BlobEvent::Created => "Microsoft.Storage.BlobCreated",
        BlobEvent::Deleted => "Microsoft.Storage.BlobDeleted",
    };
    let wanted = BlobEvent::ALL.iter().filter(|(_, it)| blob.events.contains(it)).map(|(_, it)| event(it).into());
    let container = names::container(blob.path.bucket());
    let begin = format!("/blobServices/default/containers/{container}/blobs/{}", blob.path.prefix());
    let mut filter = entries([
        ("includedEventTypes", Tree::List(wanted.collect())),
        ("isSubjectCaseSensitive", true.into()),
        ("subjectBeginsWith", begin.into()),
    ]);
    if !blob.path.suffix().is_empty() {
        filter.push(("subjectEndsWith".to_owned(), literal(blob.path.suffix())));
    }
    filter
}

/// Which of the program's own events, as far as types and subjects say it.
fn events(event: &Event) -> Vec<(String, Tree)> {
    let mut filter = entries([("isSubjectCaseSensitive", true.into())]);
    if let Wildcard::Exact(event_type) = &event.event_type {
        filter.push(("includedEventTypes".to_owned(), Tree::List(vec![literal(event_type)])));
    }
    match &event.subject {
        None => {}
        Some(Wildcard::Prefix(prefix)) if prefix.is_empty() => {}
        Some(Wildcard::Prefix(prefix)) => filter.push(("subjectBeginsWith".to_owned(), literal(prefix))),
        Some(Wildcard::Exact(subject)) => {
            filter.push(("subjectBeginsWith".to_owned(), literal(subject)));
            filter.push(("subjectEndsWith".to_owned(), literal(subject)));
        }
    }
    filter
}

/// Publishing, if functions do.
pub(super) fn grant(program: &Program<'_>, grants: &mut Grants) {
    if program.publishes_events() {
        grants.grant(Role::EventSender, &topic());
    }
}
