//! Storage: an account for the host's own state and the packed program, and another one for buckets.
//!
//! The host may do what it likes in its own account: that is why buckets are in another one. No key opens either.

use std::collections::BTreeMap;

use tusk_fn_spec::trigger::Trigger;
use tusk_fn_spec::trigger::blob::BlobEvent;

use super::arm::{Id, Resource, expression, kind, parameter, variable};
use super::names;
use super::program::Program;
use super::role::{Grants, Role};
use crate::ResourceKind;
use crate::yaml::{Tree, entries, map};

/// For how many days what was deleted or overwritten in a bucket can be had back.
const DAYS_KEPT: u64 = 30;

/// The account of the host.
pub(super) fn host() -> Id {
    Id::new(kind::STORAGE, variable("hostStorage"))
}

/// The account of the buckets.
pub(super) fn buckets() -> Id {
    Id::new(kind::STORAGE, variable("bucketStorage"))
}

/// The container of the host's account that has this name.
pub(super) fn of_host(name: &str) -> Id {
    blobs(&host()).child(kind::CONTAINER, name)
}

fn bucket(name: &str) -> Id {
    blobs(&buckets()).child(kind::CONTAINER, names::container(name))
}

fn blobs(account: &Id) -> Id {
    account.child(kind::BLOBS, "default")
}

pub(super) fn resources(program: &Program<'_>) -> Vec<Resource> {
    let mut own = Resource::new(blobs(&host())).holding(container(of_host(names::PACKAGE)));
    if program.with_inbox().next().is_some() {
        own = own.holding(container(of_host(names::UNDELIVERED)));
    }
    let mut resources = vec![account(host(), "Standard_LRS".into()), own];
    if program.has(ResourceKind::Bucket) {
        resources.push(account(buckets(), expression(&parameter("bucketRedundancy"))));
        let kept = || map([("enabled", true.into()), ("days", DAYS_KEPT.into())]);
        let properties = entries([("deleteRetentionPolicy", kept()), ("containerDeleteRetentionPolicy", kept())]);
        let blobs = Resource::new(blobs(&buckets())).properties(properties);
        let containers = program.resources(ResourceKind::Bucket).map(|(name, _)| container(bucket(name)));
        resources.push(containers.fold(blobs, Resource::holding));
    }
    resources
}

/// A container that nobody reads without asking for it as somebody.
fn container(id: Id) -> Resource {
    Resource::new(id).properties(entries([("publicAccess", "None".into())]))
}

fn account(id: Id, redundancy: Tree) -> Resource {
    Resource::located(id).with("kind", "StorageV2".into()).with("sku", map([("name", redundancy)])).properties(entries(
        [
            ("allowBlobPublicAccess", false.into()),
            ("allowCrossTenantReplication", false.into()),
            ("allowSharedKeyAccess", false.into()),
            ("defaultToOAuthAuthentication", true.into()),
            ("minimumTlsVersion", "TLS1_2".into()),
            ("supportsHttpsTrafficOnly", true.into()),
        ],
    ))
}

/// The host's account for the host; a bucket's container as its functions use it.
pub(super) fn grant(program: &Program<'_>, grants: &mut Grants) {
    grants.grant(Role::BlobOwner, &host());
    let mut writes: BTreeMap<&str, bool> = BTreeMap::new();
    for record in program.functions {
        if let Trigger::Blob(blob) = &record.trigger
            && blob.events.contains(&BlobEvent::Created)
        {
            // The content is read when the function asks for it.
            writes.entry(blob.path.bucket()).or_default();
        }
    }
    for (_, (kind, name), access) in program.outputs() {
        if kind == ResourceKind::Bucket {
            *writes.entry(name).or_default() |= access.writes();
        }
    }
    for (name, writes) in writes {
        grants.grant(if writes { Role::BlobContributor } else { Role::BlobReader }, &bucket(name));
    }
}
