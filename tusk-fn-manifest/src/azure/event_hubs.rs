//! Event Hubs: a hub for each stream, and a group of readers for each function.

use super::arm::{Id, Resource, kind, variable};
use super::names;
use super::program::Program;
use super::role::{Grants, Role};
use crate::ResourceKind;
use crate::yaml::{entries, map};

/// For how many hours a record is kept: a day, as on other platforms.
const HOURS_KEPT: u64 = 24;
/// How many partitions a stream has, and so how many processes can read it for a function.
const PARTITIONS: u64 = 4;
/// How many throughput units a namespace grows to: as many as it may.
const MOST_UNITS: u64 = 40;

/// The namespace, whose name is no other's in the domain that it shares with Service Bus.
pub(super) fn namespace() -> Id {
    Id::new(kind::EVENT_HUBS, variable("hubs"))
}

/// The expression of the namespace's domain.
pub(super) fn domain() -> String {
    format!("concat({}, '.servicebus.windows.net')", variable("hubs"))
}

fn hub(stream: &str) -> Id {
    namespace().child(kind::EVENT_HUB, stream)
}

pub(super) fn resources(program: &Program<'_>) -> Vec<Resource> {
    if !program.has(ResourceKind::Stream) {
        return Vec::new();
    }
    let sku = map([("name", "Standard".into()), ("tier", "Standard".into()), ("capacity", 1.into())]);
    let properties = entries([
        ("disableLocalAuth", true.into()),
        ("minimumTlsVersion", "1.2".into()),
        ("isAutoInflateEnabled", true.into()),
        ("maximumThroughputUnits", MOST_UNITS.into()),
    ]);
    let mut resources = vec![Resource::located(namespace()).with("sku", sku).properties(properties)];
    for (stream, used) in program.resources(ResourceKind::Stream) {
        let kept = map([("cleanupPolicy", "Delete".into()), ("retentionTimeInHours", HOURS_KEPT.into())]);
        let properties = entries([("partitionCount", PARTITIONS.into()), ("retentionDescription", kept)]);
        let groups = used.triggered().map(|record| {
            let id = hub(stream).child(kind::CONSUMER_GROUP, names::group(&record.name));
            Resource::new(id).properties(Vec::new())
        });
        resources.push(groups.fold(Resource::new(hub(stream)).properties(properties), Resource::holding));
    }
    resources
}

/// Reading. Where a function stands is kept in the host's account.
pub(super) fn grant(program: &Program<'_>, grants: &mut Grants) {
    for (stream, _) in program.resources(ResourceKind::Stream) {
        grants.grant(Role::RecordReceiver, &hub(stream));
    }
}
