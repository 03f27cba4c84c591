//! What the process and the host are told: where things are, and whom they act as. No secret is among it, and no key.
//!
//! The program's resources are JSON, from logical names to URLs: `queue/orders` and `topic/paid` of Service Bus,
//! `bucket/invoices` a container, `table/stock` and `idempotency` containers of Cosmos DB, `secret/stripe-key` a secret of the
//! vault, `event` where events are published. A bucket that triggers a function is among them: its objects are read there.

use std::collections::BTreeMap;

use tusk_fn_spec::azure::DEFAULT_PREFIX;
use tusk_fn_spec::provider::Target;
use tusk_fn_spec::trigger::Trigger;

use super::arm::{expression, parameter, quoted, variable};
use super::function::{COSMOS, EVENT_HUBS, SERVICE_BUS};
use super::program::Program;
use super::{app, cosmos, event_grid, event_hubs, monitor, names, service_bus, storage};
use crate::ResourceKind;
use crate::uses::Key;
use crate::yaml::{Tree, map};

/// What says the provider, on one's own machine as well.
pub(super) const PROVIDER: (&str, &str) = ("TUSK_FN_PROVIDER", Target::Azure.name());
/// What says what comes before the path of each route.
pub(super) const PREFIX: (&str, &str) = ("TUSK_FN_ROUTE_PREFIX", DEFAULT_PREFIX);
/// The prefix of the settings that say where the host keeps its own state.
pub(super) const HOST_STORAGE: &str = "AzureWebJobsStorage";

/// The settings of the app, by name.
pub(super) fn of(program: &Program<'_>) -> Tree {
    let mut settings: BTreeMap<String, Tree> = BTreeMap::new();
    let client = || format!("{}.clientId", app::identity().reference());
    let mut connect = |prefix: &str, key: &str, value: &str| {
        settings.insert(format!("{prefix}__{key}"), expression(value));
        settings.insert(format!("{prefix}__credential"), "managedidentity".into());
        settings.insert(format!("{prefix}__clientId"), expression(&client()));
    };
    connect(HOST_STORAGE, "accountName", &variable("hostStorage"));
    if service_bus::is_needed(program) {
        let domain = format!("concat({}, '.servicebus.windows.net')", variable("name"));
        connect(SERVICE_BUS, "fullyQualifiedNamespace", &domain);
    }
    if program.has(ResourceKind::Stream) {
        connect(EVENT_HUBS, "fullyQualifiedNamespace", &event_hubs::domain());
    }
    if cosmos::is_needed(program) {
        let endpoint = format!("{}.documentEndpoint", cosmos::account().reference());
        connect(COSMOS, "accountEndpoint", &endpoint);
    }
    for (name, value) in [PROVIDER, PREFIX] {
        settings.insert(name.to_owned(), value.into());
    }
    settings.insert("AZURE_CLIENT_ID".to_owned(), expression(&client()));
    let insights = format!("{}.ConnectionString", monitor::insights().reference());
    settings.insert("APPLICATIONINSIGHTS_CONNECTION_STRING".to_owned(), expression(&insights));
    let authentication = format!("concat('ClientId=', {}, ';Authorization=AAD')", client());
    settings.insert("APPLICATIONINSIGHTS_AUTHENTICATION_STRING".to_owned(), expression(&authentication));
    if let Some(resources) = told(program) {
        settings.insert("TUSK_FN_RESOURCES".to_owned(), expression(&resources));
    }
    let setting = |(name, value): (String, Tree)| map([("name", name.into()), ("value", value)]);
    Tree::List(settings.into_iter().map(setting).collect())
}

/// The variable with the URLs that are known before anything is made.
pub(super) fn resources(program: &Program<'_>) -> Option<Tree> {
    let urls = urls(program);
    (!urls.is_empty()).then(|| Tree::Map(urls.into_iter().map(|(key, url)| (key, expression(&url))).collect()))
}

/// The expression of the JSON. Where events are published is known only when the topic is there.
fn told(program: &Program<'_>) -> Option<String> {
    let event = format!("createObject('event', {}.endpoint)", event_grid::topic().reference());
    match (urls(program).is_empty(), program.publishes_events()) {
        (true, false) => None,
        (true, true) => Some(format!("string({event})")),
        (false, false) => Some(format!("string({})", variable("resources"))),
        (false, true) => Some(format!("string(union({}, {event}))", variable("resources"))),
    }
}

/// What functions use, and the URLs' expressions.
fn urls(program: &Program<'_>) -> BTreeMap<String, String> {
    let mut urls = BTreeMap::new();
    for (_, key, _) in program.outputs() {
        urls.extend(url(key).map(|url| (format!("{}/{}", key.0.name(), key.1), url)));
    }
    for record in program.functions {
        if let Trigger::Blob(blob) = &record.trigger {
            let key = (ResourceKind::Bucket, blob.path.bucket());
            urls.extend(url(key).map(|url| (format!("{}/{}", key.0.name(), key.1), url)));
        }
    }
    if program.is_idempotent() {
        urls.insert("idempotency".to_owned(), container_url(names::DATABASE, names::IDEMPOTENCY));
    }
    urls
}

fn url((kind, name): Key<'_>) -> Option<String> {
    let of = |account: &str, rest: &str| format!("concat('https://', {account}, {})", quoted(rest));
    match kind {
        ResourceKind::Queue => Some(of(&variable("name"), &format!(".servicebus.windows.net/{name}"))),
        ResourceKind::Topic => Some(of(&variable("name"), &format!(".servicebus.windows.net/{}", names::topic(name)))),
        ResourceKind::Bucket => {
            Some(of(&variable("bucketStorage"), &format!(".blob.core.windows.net/{}", names::container(name))))
        }
        ResourceKind::Table => {
            let (database, container) = names::table(name);
            Some(container_url(database, container))
        }
        ResourceKind::Secret => Some(of(&parameter("keyVaultName"), &format!(".vault.azure.net/secrets/{name}"))),
        // Nobody sends to a stream, and the topic of events says itself where it is.
        ResourceKind::Stream | ResourceKind::EventBus => None,
    }
}

fn container_url(database: &str, container: &str) -> String {
    let rest = quoted(&format!(".documents.azure.com/dbs/{database}/colls/{container}"));
    format!("concat('https://', {}, {rest})", variable("name"))
}

/// The accounts that the app cannot start without, so that it is made after them.
pub(super) fn needed(program: &Program<'_>) -> Vec<super::arm::Id> {
    let mut needed = vec![storage::host(), monitor::insights()];
    if service_bus::is_needed(program) {
        needed.push(service_bus::namespace());
    }
    if program.has(ResourceKind::Stream) {
        needed.push(event_hubs::namespace());
    }
    if cosmos::is_needed(program) {
        needed.push(cosmos::account());
    }
    if program.publishes_events() {
        needed.push(event_grid::topic());
    }
    needed
}
