//! What the service accounts may do: what the triggers and outputs of their functions ask for, on that resource.
//!
//! A role is granted on the resource itself, with two exceptions. Firestore has no resources in IAM: its roles are the project's, with a
//! condition on the database ("Configure database access conditions"). Who may publish to a channel that was there before is the
//! project's matter as well ("Publish events to a channel"): its own policy is not this program's to write.

use std::collections::{BTreeMap, BTreeSet};

use tusk_fn_spec::output::{Access, OutputKind};
use tusk_fn_spec::trigger::Trigger;
use tusk_fn_spec::trigger::blob::BlobEvent;

use super::existing::{part, project};
use super::resource::{Resources, resource_of};
use crate::ResourceKind;
use crate::container::{Callers, Service};

/// What a role is granted on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum On {
    Topic(String),
    Bucket(String),
    /// A project, and a database in it.
    Database(String, String),
    Secret(String),
    /// A channel of the program's own.
    Channel(String),
    /// A project with a channel.
    Project(String),
}

/// Roles that the accounts of services have.
pub(super) type Grants = BTreeSet<(Callers, On, &'static str)>;

pub(super) fn grants(services: &[Service<'_>], resources: &Resources<'_>) -> Grants {
    services.iter().flat_map(|service| of(service, resources)).collect()
}

fn of(service: &Service<'_>, resources: &Resources<'_>) -> Grants {
    let mut sent = BTreeSet::new();
    let mut stored: BTreeMap<On, (bool, bool)> = BTreeMap::new();
    let mut store = |on: On, access: Access| {
        let (reads, writes) = stored.entry(on).or_default();
        *reads |= access.reads();
        *writes |= access.writes();
    };
    for record in &service.functions {
        // What was deleted has no content to read.
        if let Trigger::Blob(blob) = &record.trigger
            && blob.events.contains(&BlobEvent::Created)
        {
            let bucket = resources.physical((ResourceKind::Bucket, blob.path.bucket()));
            store(On::Bucket(bucket), Access::Read);
        }
        if record.idempotent.is_some() {
            store(database(&resources.names.idempotency()), Access::All);
        }
        for output in &record.outputs {
            let key = resource_of(output);
            let physical = resources.physical(key);
            match output.kind {
                OutputKind::Queue | OutputKind::Topic => sent.extend([(On::Topic(physical), "roles/pubsub.publisher")]),
                OutputKind::Secret => sent.extend([(On::Secret(physical), "roles/secretmanager.secretAccessor")]),
                OutputKind::Event if resources.is_existing(key) => {
                    let project = project(&physical).unwrap_or_default().to_owned();
                    sent.extend([(On::Project(project), CHANNEL_ROLE)]);
                }
                OutputKind::Event => sent.extend([(On::Channel(physical), CHANNEL_ROLE)]),
                OutputKind::Bucket => store(On::Bucket(physical), output.access),
                OutputKind::Table => store(database(&physical), output.access),
            }
        }
    }
    let stored = stored.into_iter().map(|(on, (reads, writes))| {
        let role = match on {
            On::Bucket(_) => bucket_role(reads, writes),
            _ => database_role(writes),
        };
        (on, role)
    });
    sent.into_iter().chain(stored).map(|(on, role)| (service.callers, on, role)).collect()
}

const CHANNEL_ROLE: &str = "roles/eventarc.publisher";

fn database(table: &str) -> On {
    On::Database(project(table).unwrap_or_default().to_owned(), part(table, "databases").to_owned())
}

/// "IAM roles for Cloud Storage": only the legacy role writes over objects and deletes them without reading them.
const fn bucket_role(reads: bool, writes: bool) -> &'static str {
    match (reads, writes) {
        (_, false) => "roles/storage.objectViewer",
        (true, true) => "roles/storage.objectUser",
        (false, true) => "roles/storage.legacyBucketWriter",
    }
}

/// Firestore has no role that writes and does not read.
const fn database_role(writes: bool) -> &'static str {
    if writes { "roles/datastore.user" } else { "roles/datastore.viewer" }
}
