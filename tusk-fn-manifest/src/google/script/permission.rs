//! Who may do what: the services' accounts, the account that calls, and the agents in whose name Google's services act.

use tusk_fn_spec::trigger::Trigger;

use super::{Lines, Plan, double};
use crate::container::Callers;
use crate::google::access::On;
use crate::google::name::email;

/// What the accounts of the services may do, and what agents may do for all of the program.
pub(super) fn lines(plan: &Plan<'_>, lines: &mut Lines) {
    if !plan.grants.is_empty() {
        lines.section("what the services may do");
    }
    for (callers, on, role) in plan.grants {
        if !matches!(on, On::Channel(_)) {
            let command = command(on);
            may(&member(*callers), role, &command, lines);
        }
    }
    publishers(plan, lines);
    agents(plan, lines);
}

fn may(member: &str, role: &str, command: &str, lines: &mut Lines) {
    lines.line(&["may", member, role, command]);
}

/// The variable that holds the account of a service, as IAM has it.
fn variable(callers: Callers) -> &'static str {
    match callers {
        Callers::Anyone => "PUBLIC",
        Callers::Admitted => "PLATFORM",
        Callers::Platform => "EVENTS",
    }
}

fn member(callers: Callers) -> String {
    double(&format!("${}", variable(callers)))
}

/// The accounts of the services, for what follows.
pub(super) fn variables(plan: &Plan<'_>, lines: &mut Lines) {
    for service in plan.services.iter().filter(|it| plan.grants.iter().any(|(callers, ..)| *callers == it.callers)) {
        let member = format!("serviceAccount:{}", email(&plan.resources.names.account(service.callers)));
        lines.line(&[&format!("readonly {}={}", variable(service.callers), double(&member))]);
    }
}

/// The command that grants a role on something. One that takes conditions is told that there is none, since it would ask.
fn command(on: &On) -> String {
    match on {
        On::Topic(topic) => format!("pubsub topics add-iam-policy-binding {}", double(topic)),
        On::Bucket(bucket) => {
            format!("storage buckets add-iam-policy-binding {} --condition=None", double(&format!("gs://{bucket}")))
        }
        On::Secret(secret) => format!("secrets add-iam-policy-binding {} --condition=None", double(secret)),
        On::Project(project) | On::Channel(project) => {
            format!("projects add-iam-policy-binding {} --condition=None", double(project))
        }
        On::Database(project, database) => {
            let expression = format!(r#"resource.name == \"projects/{project}/databases/{database}\""#);
            let condition = format!("--condition=expression={expression},title=database {database}");
            format!("projects add-iam-policy-binding {} {}", double(project), double(&condition))
        }
    }
}

/// Who may publish to channels of the program's own.
fn publishers(plan: &Plan<'_>, lines: &mut Lines) {
    let channels = plan.grants.iter().filter_map(|(callers, on, _)| match on {
        On::Channel(channel) => Some((channel, *callers)),
        _ => None,
    });
    let (mut names, mut members) = (Vec::new(), Vec::new());
    for (channel, callers) in channels {
        names.push(channel);
        members.push(member(callers));
    }
    if let Some(channel) = names.first() {
        lines.line(&["publishers", &double(channel), &members.join(" ")]);
    }
}

/// What the agents of Google's services do: Pub/Sub calls in the name of the account that calls, and gives up to topics ("Push
/// subscriptions", "Dead-letter topics"); Cloud Storage tells Eventarc of objects through a topic of Eventarc's, whose name nobody
/// knows before ("Route Cloud Storage events to Cloud Run").
fn agents(plan: &Plan<'_>, lines: &mut Lines) {
    if plan.receivers().next().is_none() {
        return;
    }
    lines.section("what the agents of services may do");
    may(
        "\"$PUBSUB\"",
        "roles/iam.serviceAccountTokenCreator",
        "iam service-accounts add-iam-policy-binding \"$INVOKER\" --condition=None",
        lines,
    );
    let mut dead: Vec<String> = plan.receivers().map(|record| plan.resources.dead_letters(record)).collect();
    dead.sort();
    dead.dedup();
    for topic in dead {
        may("\"$PUBSUB\"", "roles/pubsub.publisher", &command(&On::Topic(topic)), lines);
    }
    let of_project = "projects add-iam-policy-binding \"$PROJECT_ID\" --condition=None";
    if plan.receivers().any(super::delivery::is_by_eventarc) {
        may("\"serviceAccount:$INVOKER\"", "roles/eventarc.eventReceiver", of_project, lines);
    }
    if plan.receivers().any(|record| matches!(record.trigger, Trigger::Blob(_))) {
        lines.line(&["storage_agent=\"$(g storage service-agent)\""]);
        may("\"serviceAccount:$storage_agent\"", "roles/pubsub.publisher", of_project, lines);
    }
}

/// Who may call the service of events: the account that calls, and nobody else.
pub(super) fn invoker(plan: &Plan<'_>, lines: &mut Lines) {
    let Some(events) = plan.events() else { return };
    let command = format!("run services add-iam-policy-binding {} --region=\"$REGION\" --condition=None", events.name);
    may("\"serviceAccount:$INVOKER\"", "roles/run.invoker", &command, lines);
}
