//! How each function is called: by a subscription of Pub/Sub, by triggers of Eventarc, by a job of Cloud Scheduler.

use std::time::Duration;

use tusk_fn_spec::filter::{Wildcard, for_pubsub};
use tusk_fn_spec::provider::Target;
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::schedule::zone;
use tusk_fn_spec::trigger::Trigger;
use tusk_fn_spec::trigger::blob::{Blob, BlobEvent};
use tusk_fn_spec::trigger::database::{ChangeEvent, Database};
use tusk_fn_spec::trigger::event::Event;
use tusk_fn_spec::trigger::queue::DEFAULT_ATTEMPTS;

use super::{Lines, Plan, double, single};
use crate::google::existing::{part, project};
use crate::google::name::{Names, short_hash};
use crate::google::resource::trigger_of;
use crate::{EVENT_BUS, RenderError, RenderErrorKind, ResourceKind};

/// What is left for an answer to arrive after the function's time is up, in seconds.
const SLACK: u64 = 10;
/// For how long Pub/Sub waits for an answer, in seconds ("Subscription.ackDeadlineSeconds").
const PUBSUB_WAITS: std::ops::RangeInclusive<u64> = 10..=600;
/// For how long Cloud Scheduler waits for an answer, in seconds ("Job.attemptDeadline").
const SCHEDULER_WAITS: std::ops::RangeInclusive<u64> = 15..=1800;
/// How often a change or a record is tried, which others wait for: as often as on AWS.
const ATTEMPTS_IN_ORDER: u32 = 11;

/// Whether Eventarc brings a function's events.
pub(super) fn is_by_eventarc(record: &FunctionRecord) -> bool {
    match &record.trigger {
        Trigger::Blob(_) | Trigger::Database(_) | Trigger::Event(_) => true,
        Trigger::Http(_) | Trigger::Timer(_) | Trigger::Queue(_) | Trigger::Topic(_) | Trigger::Stream(_) => false,
    }
}

/// The subscriptions of the functions that receive messages, before anything is sent to them.
pub(super) fn subscriptions(plan: &Plan<'_>, lines: &mut Lines) {
    let mut receivers = plan.receivers().filter(|record| !is_by_eventarc(record)).peekable();
    if receivers.peek().is_some() {
        lines.section("subscriptions");
    }
    for record in receivers {
        let Some(key) = trigger_of(record) else { continue };
        let (ordered, filter) = match &record.trigger {
            Trigger::Queue(queue) => (queue.ordered, String::new()),
            // What is too long for Pub/Sub is left to the program, which looks again in any case.
            Trigger::Topic(topic) => (false, for_pubsub(&topic.filter).unwrap_or_default()),
            _ => (matches!(record.trigger, Trigger::Stream(_)), String::new()),
        };
        let name = plan.resources.names.subscription(&record.name);
        let topic = plan.resources.physical(key);
        let ordered = if ordered { "True" } else { "''" };
        lines.line(&["subscribe", &double(&name), &double(&topic), ordered, &single(&filter)]);
    }
}

/// What brings each function its events, once there is the service.
pub(super) fn lines(plan: &Plan<'_>, lines: &mut Lines) -> Result<(), Vec<RenderError>> {
    for record in plan.receivers() {
        match &record.trigger {
            Trigger::Queue(queue) => push(record, queue.delivery.max_attempts, plan, lines),
            Trigger::Topic(topic) => push(record, topic.delivery.max_attempts, plan, lines),
            Trigger::Stream(_) => push(record, ATTEMPTS_IN_ORDER, plan, lines),
            Trigger::Blob(blob) => objects(record, blob, plan, lines),
            Trigger::Database(database) => changes(record, database, plan, lines),
            Trigger::Event(event) => events(record, event, plan, lines),
            Trigger::Http(_) | Trigger::Timer(_) => {}
        }
    }
    let mut errors = Vec::new();
    for record in plan.timers() {
        errors.extend(job(record, plan, lines).err().map(|kind| RenderError::of(record, *kind)));
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// For how many seconds a caller waits for a function.
fn deadline(record: &FunctionRecord, waits: std::ops::RangeInclusive<u64>) -> String {
    let whole: Duration = record.timeout();
    let seconds = u64::try_from(whole.as_millis().div_ceil(1000)).unwrap_or(u64::MAX);
    seconds.saturating_add(SLACK).clamp(*waits.start(), *waits.end()).to_string()
}

fn push(record: &FunctionRecord, attempts: u32, plan: &Plan<'_>, lines: &mut Lines) {
    let name = plan.resources.names.subscription(&record.name);
    let dead = plan.resources.dead_letters(record);
    let (deadline, attempts) = (deadline(record, PUBSUB_WAITS), attempts.to_string());
    lines.line(&["push", &double(&name), &record.name, &deadline, &attempts, &double(&dead)]);
}

fn job(record: &FunctionRecord, plan: &Plan<'_>, lines: &mut Lines) -> Result<(), Box<RenderErrorKind>> {
    let Trigger::Timer(timer) = &record.trigger else { return Ok(()) };
    // A zone that is none was refused when the record was read.
    let Ok(zone) = zone(&timer.zone) else { return Ok(()) };
    let schedule = timer.schedule.render_for(Target::Google, &zone);
    let schedule = schedule.map_err(|error| Box::new(RenderErrorKind::Schedule(error)))?;
    let deadline = format!("{}s", deadline(record, SCHEDULER_WAITS));
    let name = plan.resources.names.job(&record.name);
    lines.line(&["job", &name, &record.name, &single(&schedule), &timer.zone, &deadline]);
    Ok(())
}

/// A trigger: its name, where it is and which channel it reads, both as the shell writes them, and what it chooses.
struct Chosen {
    name: String,
    location: String,
    channel: String,
    filters: Vec<String>,
}

fn trigger(record: &FunctionRecord, chosen: &Chosen, attempts: u32, plan: &Plan<'_>, lines: &mut Lines) {
    let dead = double(&plan.resources.dead_letters(record));
    let (deadline, attempts) = (deadline(record, PUBSUB_WAITS), attempts.to_string());
    let Chosen { name, location, channel, filters } = chosen;
    let mut words = vec!["trigger", name, location, channel, &record.name, &deadline, &attempts, &dead];
    words.extend(filters.iter().map(String::as_str));
    lines.line(&words);
}

fn filter(attribute: &str, value: &str) -> String {
    format!("--event-filters={attribute}={value}")
}

/// A line that finds out where something is.
fn locate(function: &str, what: &str, lines: &mut Lines) -> String {
    lines.line(&[&format!("location=\"$({function} {what})\"")]);
    "\"$location\"".to_owned()
}

/// "Route Cloud Storage events to Cloud Run".
fn objects(record: &FunctionRecord, blob: &Blob, plan: &Plan<'_>, lines: &mut Lines) {
    let bucket = double(&plan.resources.physical((ResourceKind::Bucket, blob.path.bucket())));
    let location = locate("location_of_bucket", &bucket, lines);
    for word in object_events(blob) {
        let kind = if word == "created" { "finalized" } else { "deleted" };
        let filters =
            vec![filter("type", &format!("google.cloud.storage.object.v1.{kind}")), filter("bucket", &bucket)];
        let name = plan.resources.names.trigger(&record.name, word);
        let chosen = Chosen { name, location: location.clone(), channel: "''".to_owned(), filters };
        trigger(record, &chosen, DEFAULT_ATTEMPTS, plan, lines);
    }
}

fn object_events(blob: &Blob) -> Vec<&'static str> {
    BlobEvent::ALL.iter().filter(|(_, event)| blob.events.contains(event)).map(|(word, _)| *word).collect()
}

/// "Route Firestore events to Cloud Run". The program reads JSON.
fn changes(record: &FunctionRecord, database: &Database, plan: &Plan<'_>, lines: &mut Lines) {
    let table = plan.resources.physical((ResourceKind::Table, &database.table));
    require_own_project("table", &database.table, &table, lines);
    let name = single(part(&table, "databases"));
    let location = locate("location_of_database", &name, lines);
    for word in change_events(database) {
        let filters = vec![
            filter("type", &format!("google.cloud.firestore.document.v1.{word}")),
            filter("database", &name),
            format!(
                "--event-filters-path-pattern=document={}",
                single(&format!("{}/{{id}}", part(&table, "documents")))
            ),
            "--event-data-content-type=application/json".to_owned(),
        ];
        let name = plan.resources.names.trigger(&record.name, word);
        let chosen = Chosen { name, location: location.clone(), channel: "''".to_owned(), filters };
        trigger(record, &chosen, ATTEMPTS_IN_ORDER, plan, lines);
    }
}

/// Firestore's words: one for all changes, or one for each kind.
fn change_events(database: &Database) -> Vec<&'static str> {
    let word = |event| match event {
        ChangeEvent::Insert => "created",
        ChangeEvent::Modify => "updated",
        ChangeEvent::Remove => "deleted",
    };
    let wanted: Vec<&str> = ChangeEvent::ALL
        .iter()
        .filter(|(_, event)| database.events.contains(event))
        .map(|(_, event)| word(*event))
        .collect();
    if wanted.len() == ChangeEvent::ALL.len() { vec!["written"] } else { wanted }
}

/// "Create triggers for events of channels". Attributes are exact; what is not, the program looks at.
fn events(record: &FunctionRecord, event: &Event, plan: &Plan<'_>, lines: &mut Lines) {
    let channel = plan.resources.physical((ResourceKind::EventBus, EVENT_BUS));
    require_own_project("event bus", EVENT_BUS, &channel, lines);
    let attributes =
        [("type", Some(&event.event_type)), ("source", event.source.as_ref()), ("subject", event.subject.as_ref())];
    let exact = |(attribute, wanted): (&str, Option<&Wildcard>)| match wanted? {
        // gcloud takes a comma for the beginning of the next filter.
        Wildcard::Exact(text) if !text.contains(',') => Some(filter(attribute, &single(text))),
        Wildcard::Exact(_) | Wildcard::Prefix(_) => None,
    };
    let chosen = Chosen {
        name: plan.resources.names.trigger(&record.name, &event_word(event)),
        location: double(part(&channel, "locations")),
        channel: double(&channel),
        filters: attributes.into_iter().filter_map(exact).collect(),
    };
    trigger(record, &chosen, DEFAULT_ATTEMPTS, plan, lines);
}

/// Tells triggers for different types apart: Eventarc does not change that of a trigger.
fn event_word(event: &Event) -> String {
    short_hash(&event.event_type.to_string())
}

/// Eventarc brings events of the project's own only.
fn require_own_project(kind: &str, name: &str, physical: &str, lines: &mut Lines) {
    let project = project(physical).unwrap_or_default();
    if !project.starts_with('$') {
        lines.line(&["own_project", project, &single(&format!("the {kind} {name}"))]);
    }
}

/// The names of all triggers.
pub(super) fn trigger_names(plan: &Plan<'_>) -> Vec<String> {
    plan.receivers().flat_map(|record| names_of(record, &plan.resources.names)).collect()
}

fn names_of(record: &FunctionRecord, names: &Names) -> Vec<String> {
    let words: Vec<String> = match &record.trigger {
        Trigger::Blob(blob) => object_events(blob).into_iter().map(str::to_owned).collect(),
        Trigger::Database(database) => change_events(database).into_iter().map(str::to_owned).collect(),
        Trigger::Event(event) => vec![event_word(event)],
        Trigger::Http(_) | Trigger::Timer(_) | Trigger::Queue(_) | Trigger::Topic(_) | Trigger::Stream(_) => Vec::new(),
    };
    words.iter().map(|word| names.trigger(&record.name, word)).collect()
}
