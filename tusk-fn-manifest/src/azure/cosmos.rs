//! Cosmos DB: tables, where functions remember how far they read their changes, and what was handled already.
//!
//! An account is paid for by use. Access to data is not a role of Azure's but of the account's own, for one container.

use std::collections::BTreeMap;

use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::Trigger;

use super::arm::{Id, Resource, expression, kind, parameter, quoted, variable};
use super::program::Program;
use super::{app, names};
use crate::ResourceKind;
use crate::yaml::{Tree, entries, map};

/// A container by its database and its own name.
type Container<'a> = (&'a str, &'a str);

pub(super) fn account() -> Id {
    Id::new(kind::COSMOS, variable("name"))
}

fn id((database, container): Container<'_>) -> Id {
    account().child(kind::COSMOS_DATABASE, database).child(kind::COSMOS_CONTAINER, container)
}

/// Whether there are tables.
pub(super) fn is_needed(program: &Program<'_>) -> bool {
    !containers(program).is_empty()
}

/// The containers, and whether functions write to them.
fn containers<'a>(program: &Program<'a>) -> BTreeMap<Container<'a>, bool> {
    let mut containers: BTreeMap<Container<'a>, bool> = BTreeMap::new();
    for (name, _) in program.resources(ResourceKind::Table) {
        containers.entry(names::table(name)).or_default();
    }
    for (_, (kind, name), access) in program.outputs() {
        if kind == ResourceKind::Table {
            *containers.entry(names::table(name)).or_default() |= access.writes();
        }
    }
    if program.functions.iter().any(|record| follows_changes(record)) {
        containers.insert((names::DATABASE, names::LEASES), true);
    }
    if program.is_idempotent() {
        containers.insert((names::DATABASE, names::IDEMPOTENCY), true);
    }
    containers
}

fn follows_changes(record: &FunctionRecord) -> bool {
    matches!(record.trigger, Trigger::Database(_))
}

/// The account, its databases and containers, and who may use these.
pub(super) fn resources(program: &Program<'_>) -> Vec<Resource> {
    let containers = containers(program);
    let mut databases: Vec<&str> = containers.keys().map(|(database, _)| *database).collect();
    if databases.is_empty() {
        return Vec::new();
    }
    databases.dedup();
    let mut resources = vec![Resource::located(account()).with("kind", "GlobalDocumentDB".into()).properties(own())];
    for database in databases {
        let properties = entries([("resource", map([("id", database.into())]))]);
        resources.push(Resource::new(account().child(kind::COSMOS_DATABASE, database)).properties(properties));
    }
    for (container, writes) in containers {
        resources.push(Resource::new(id(container)).properties(entries([("resource", resource(container))])));
        resources.push(assignment(container, writes));
    }
    resources
}

/// What is written is read by everybody at once, as the other platforms' tables have it.
fn own() -> Vec<(String, Tree)> {
    let location = map([("locationName", expression(&parameter("location"))), ("failoverPriority", 0_u64.into())]);
    let backup =
        map([("type", "Continuous".into()), ("continuousModeProperties", map([("tier", "Continuous7Days".into())]))]);
    entries([
        ("databaseAccountOfferType", "Standard".into()),
        ("locations", [location].into()),
        ("capabilities", [map([("name", "EnableServerless".into())])].into()),
        ("consistencyPolicy", map([("defaultConsistencyLevel", "Strong".into())])),
        ("backupPolicy", backup),
        ("disableLocalAuth", true.into()),
        ("disableKeyBasedMetadataWriteAccess", true.into()),
        ("minimalTlsVersion", "Tls12".into()),
    ])
}

fn resource(container: Container<'_>) -> Tree {
    let key = map([("paths", ["/id"].into()), ("kind", "Hash".into()), ("version", 2.into())]);
    let mut resource = entries([("id", container.1.into()), ("partitionKey", key)]);
    if container == (names::DATABASE, names::IDEMPOTENCY) {
        // Each item says itself for how long it is kept.
        resource.push(("defaultTtl".to_owned(), Tree::Signed(-1)));
    }
    Tree::Map(resource)
}

/// Reading, or reading and writing, for the functions of the app ("Cosmos DB Built-in Data Reader", "… Contributor").
fn assignment(container: Container<'_>, writes: bool) -> Resource {
    let role = if writes { "00000000-0000-0000-0000-000000000002" } else { "00000000-0000-0000-0000-000000000001" };
    let (on, identity) = (id(container), app::identity());
    let name = format!("guid({}, {}, {})", on.expression(), identity.expression(), quoted(role));
    let within = |path: &str| expression(&format!("concat({}, {})", account().expression(), quoted(path)));
    Resource::new(account().named(kind::COSMOS_ROLE_ASSIGNMENT, name)).after(&on).after(&identity).properties(entries(
        [
            ("roleDefinitionId", within(&format!("/sqlRoleDefinitions/{role}"))),
            ("principalId", expression(&format!("{}.principalId", identity.reference()))),
            ("scope", within(&format!("/dbs/{}/colls/{}", container.0, container.1))),
        ],
    ))
}
