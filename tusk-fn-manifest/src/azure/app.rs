//! The function app: its plan, whom it acts as, how it is started, and what it may read of secrets.
//!
//! One identity is all functions': Azure knows none of a single function, so that each may do what any of them asks for.

use tusk_fn_spec::limits::MEGABYTE;
use tusk_fn_spec::portability::flex_memory;
use tusk_fn_spec::record::FunctionRecord;

use super::arm::{Id, Resource, expression, kind, parameter, quoted, variable};
use super::program::Program;
use super::role::{Grants, Role};
use super::{names, settings, storage};
use crate::ResourceKind;
use crate::yaml::{Tree, entries, map};

/// The memory of an instance where no function says how much it needs, in MB: Azure's own.
const DEFAULT_MEMORY_MB: u64 = 2048;

/// Whom the app acts as.
pub(super) fn identity() -> Id {
    Id::new(kind::IDENTITY, variable("name"))
}

pub(super) fn site() -> Id {
    Id::new(kind::SITE, variable("name"))
}

fn plan() -> Id {
    Id::new(kind::PLAN, variable("name"))
}

/// The app, made after what it cannot start without.
pub(super) fn resources(program: &Program<'_>, grants: &Grants, needed: &[Id]) -> Vec<Resource> {
    let flex = map([("name", "FC1".into()), ("tier", "FlexConsumption".into())]);
    let plan = Resource::located(plan())
        .with("kind", "functionapp".into())
        .with("sku", flex)
        .properties(entries([("reserved", true.into())]));
    let identities = vec![(format!("[{}]", identity().expression()), map([]))];
    let own = map([("type", "UserAssigned".into()), ("userAssignedIdentities", Tree::Map(identities))]);
    let mut app = Resource::located(site())
        .with("kind", "functionapp,linux".into())
        .with("identity", own)
        .after(&self::plan())
        .after(&identity())
        .after(&storage::of_host(names::PACKAGE))
        .after(&grants.assignment_id(Role::BlobOwner, &storage::host()));
    for id in needed {
        app = app.after(id);
    }
    let app = app.properties(entries([
        ("serverFarmId", self::plan().value()),
        ("httpsOnly", true.into()),
        ("functionAppConfig", config(program.functions)),
        (
            "siteConfig",
            map([
                ("minTlsVersion", "1.2".into()),
                ("scmMinTlsVersion", "1.2".into()),
                ("ftpsState", "Disabled".into()),
                ("http20Enabled", true.into()),
                ("appSettings", settings::of(program)),
            ]),
        ),
    ]));
    let closed =
        |name: &str| Resource::new(site().child(kind::PUBLISHING, name)).properties(entries([("allow", false.into())]));
    let app = app.holding(closed("ftp")).holding(closed("scm"));
    vec![Resource::located(identity()), plan, app]
}

fn config(functions: &[&FunctionRecord]) -> Tree {
    let container =
        format!("concat({}.primaryEndpoints.blob, {})", storage::host().reference(), quoted(names::PACKAGE));
    let authentication =
        map([("type", "UserAssignedIdentity".into()), ("userAssignedIdentityResourceId", identity().value())]);
    let package =
        map([("type", "blobContainer".into()), ("value", expression(&container)), ("authentication", authentication)]);
    map([
        ("deployment", map([("storage", package)])),
        ("runtime", map([("name", "custom".into()), ("version", "1.0".into())])),
        (
            "scaleAndConcurrency",
            map([
                ("instanceMemoryMB", memory(functions).into()),
                ("maximumInstanceCount", expression(&parameter("maximumInstanceCount"))),
            ]),
        ),
    ])
}

/// The memory of an instance, in MB: what is enough for the function that asks for most.
fn memory(functions: &[&FunctionRecord]) -> u64 {
    let asked = functions.iter().filter_map(|record| record.memory).max();
    asked.and_then(flex_memory).map_or(DEFAULT_MEMORY_MB, |bytes| bytes / MEGABYTE)
}

/// Reading each secret, in a vault that is there already.
pub(super) fn grant(program: &Program<'_>, grants: &mut Grants) {
    let vault = Id::new(kind::VAULT, parameter("keyVaultName"));
    for (name, _) in program.resources(ResourceKind::Secret) {
        grants.grant(Role::SecretReader, &vault.child(kind::SECRET, name));
    }
}
