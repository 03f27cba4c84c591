//! `function.json`: what calls a function, and with what.
//!
//! A trigger's binding is called `bytes` and is binary where the program takes whatever payload there is: so the host neither
//! reads it nor copies parts of it over what it says itself ("`dataType`").

use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::schedule::{UnsupportedKind, UnsupportedSchedule, zone};
use tusk_fn_spec::trigger::Trigger;
use tusk_fn_spec::trigger::database::Database;
use tusk_fn_spec::trigger::http::{Auth, Http};
use tusk_fn_spec::trigger::stream::Stream;
use tusk_fn_spec::trigger::timer::Timer;
use tusk_fn_spec::{azure, provider::Target};

use super::{Rendered, names, routes};
use crate::yaml::{Tree, entries, map};
use crate::{RenderErrorKind, json};

/// The prefix of the settings that say where Service Bus is.
pub(super) const SERVICE_BUS: &str = "ServiceBus";
/// The prefix of those that say where Event Hubs is.
pub(super) const EVENT_HUBS: &str = "EventHubs";
/// The prefix of those that say where Cosmos DB is.
pub(super) const COSMOS: &str = "CosmosDB";

/// How often a timer or what a feed brought is tried again. A feed's partition waits for it.
const TIMER_RETRIES: u64 = 2;
const FEED_RETRIES: u64 = 10;

/// A function's folder: its own name, or for one that answers requests its place among the routes.
pub(super) fn folder(record: &FunctionRecord) -> Rendered<String> {
    match &record.trigger {
        Trigger::Http(http) => routes::folder(record, http),
        Trigger::Timer(_)
        | Trigger::Blob(_)
        | Trigger::Queue(_)
        | Trigger::Topic(_)
        | Trigger::Database(_)
        | Trigger::Stream(_)
        | Trigger::Event(_) => Ok(record.name.clone()),
    }
}

/// The text of a function's `function.json`.
pub(super) fn render(record: &FunctionRecord, functions: &[&FunctionRecord]) -> Rendered<String> {
    let name = record.name.as_str();
    let (bindings, retry) = match &record.trigger {
        Trigger::Http(http) => (vec![request(http, functions), response()], None),
        Trigger::Timer(timer) => (vec![instant(timer)?], Some(retry(TIMER_RETRIES))),
        Trigger::Queue(queue) => (vec![queue_messages(queue.queue.clone(), queue.ordered)], None),
        Trigger::Blob(_) | Trigger::Event(_) => (vec![queue_messages(names::inbox(name), false)], None),
        Trigger::Topic(topic) => {
            let own = entries([
                ("topicName", names::topic(&topic.topic).into()),
                ("subscriptionName", names::group(name).into()),
            ]);
            (vec![messages(own, false)], None)
        }
        Trigger::Database(database) => (vec![changes(name, database)], Some(retry(FEED_RETRIES))),
        Trigger::Stream(stream) => (vec![records(name, stream)], Some(retry(FEED_RETRIES))),
    };
    let mut root = entries([("bindings", Tree::List(bindings))]);
    root.extend(retry.map(|retry| ("retry".to_owned(), retry)));
    Ok(json::write(&Tree::Map(root)))
}

fn request(http: &Http, functions: &[&FunctionRecord]) -> Tree {
    let level = match http.auth {
        Auth::Platform => "function",
        Auth::Public => "anonymous",
        Auth::Admin => "admin",
    };
    let mut binding = entries([
        ("type", "httpTrigger".into()),
        ("direction", "in".into()),
        ("name", "req".into()),
        ("authLevel", level.into()),
        ("route", routes::template(&http.route).into()),
    ]);
    if let Some(methods) = azure::served_methods(http, functions) {
        let methods = methods.iter().map(|method| method.name().to_ascii_lowercase().into());
        binding.push(("methods".to_owned(), Tree::List(methods.collect())));
    }
    Tree::Map(binding)
}

fn response() -> Tree {
    map([("type", "http".into()), ("direction", "out".into()), ("name", "res".into())])
}

fn instant(timer: &Timer) -> Rendered<Tree> {
    // A zone that is none was refused when the record was read; of the others Azure has one.
    let unknown = || UnsupportedSchedule {
        target: Target::Azure,
        kind: UnsupportedKind::Zone { zone: Some(timer.zone.clone()) },
    };
    let schedule = match zone(&timer.zone) {
        Ok(zone) => timer.schedule.render_for(Target::Azure, &zone),
        Err(_) => Err(unknown()),
    };
    let schedule = schedule.map_err(|error| Box::new(RenderErrorKind::Schedule(error)))?;
    Ok(map([
        ("type", "timerTrigger".into()),
        ("direction", "in".into()),
        ("name", "timer".into()),
        ("schedule", schedule.into()),
        ("useMonitor", true.into()),
    ]))
}

fn queue_messages(queue: String, ordered: bool) -> Tree {
    messages(entries([("queueName", queue.into())]), ordered)
}

/// Messages of Service Bus, one by one: a batch would fail as a whole.
fn messages(source: Vec<(String, Tree)>, ordered: bool) -> Tree {
    let mut binding = entries([("type", "serviceBusTrigger".into()), ("direction", "in".into())]);
    binding.extend(binary());
    binding.extend(source);
    binding.extend(entries([
        ("connection", SERVICE_BUS.into()),
        ("cardinality", "one".into()),
        ("isSessionsEnabled", ordered.into()),
    ]));
    Tree::Map(binding)
}

/// The changes of a table, from its first on: what was written before the function was there is not lost.
fn changes(function: &str, database: &Database) -> Tree {
    let (name, container) = names::table(&database.table);
    map([
        ("type", "cosmosDBTrigger".into()),
        ("direction", "in".into()),
        ("name", "documents".into()),
        ("connection", COSMOS.into()),
        ("databaseName", name.into()),
        ("containerName", container.into()),
        ("leaseDatabaseName", names::DATABASE.into()),
        ("leaseContainerName", names::LEASES.into()),
        ("leaseContainerPrefix", function.into()),
        ("createLeaseContainerIfNotExists", false.into()),
        ("startFromBeginning", true.into()),
        ("maxItemsPerInvocation", u64::from(database.batch_size).into()),
    ])
}

fn records(function: &str, stream: &Stream) -> Tree {
    let mut binding = entries([("type", "eventHubTrigger".into()), ("direction", "in".into())]);
    binding.extend(binary());
    binding.extend(entries([
        ("eventHubName", stream.stream.as_str().into()),
        ("consumerGroup", names::group(function).into()),
        ("connection", EVENT_HUBS.into()),
        ("cardinality", "many".into()),
    ]));
    Tree::Map(binding)
}

fn binary() -> Vec<(String, Tree)> {
    entries([("name", "bytes".into()), ("dataType", "binary".into())])
}

/// So many more attempts, later and later.
fn retry(most: u64) -> Tree {
    map([
        ("strategy", "exponentialBackoff".into()),
        ("maxRetryCount", most.into()),
        ("minimumInterval", "00:00:02".into()),
        ("maximumInterval", "00:01:00".into()),
    ])
}
