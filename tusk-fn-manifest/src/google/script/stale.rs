//! What an earlier deployment made and this one does not describe: the script says how to remove it, and removes nothing.
//!
//! It is known by the program's label, and a job, which has none, by its name. Service accounts and Firestore's collections have neither.

use super::{Lines, Plan, delivery, double, single};
use crate::ResourceKind;
use crate::google::name::kept;
use crate::google::resource::has_own_dead_letters;

/// A kind of thing.
struct Kind {
    /// The command for such things.
    command: &'static str,
    /// What there is to be of them.
    known: Vec<String>,
    /// The flags that list them.
    flags: String,
    /// What the command needs beside a name.
    more: Option<&'static str>,
}

pub(super) fn lines(plan: &Plan<'_>, lines: &mut Lines) {
    lines.section("what is no longer part of the program");
    for Kind { command, known, flags, more } in kinds(plan) {
        let known: Vec<&str> = known.iter().map(|name| name.rsplit('/').next().unwrap_or(name)).collect();
        let mut words = vec!["stale".to_owned(), single(command), double(&known.join(" "))];
        words.push(format!("\"$(g {command} list {flags})\""));
        words.extend(more.map(double));
        lines.line(&[&words.join(" ")]);
    }
}

fn kinds(plan: &Plan<'_>) -> Vec<Kind> {
    let names = &plan.resources.names;
    let labelled = format!("--filter=labels.tusk-fn={} --format='value(name)'", names.program);
    let here = |flags: &str| format!("--location=\"$REGION\" {flags}");
    let made = |kind: ResourceKind| plan.resources.made(&[kind]).map(|(key, _)| plan.resources.physical(key)).collect();
    let kind = |command, known, flags: String| Kind { command, known, flags, more: None };
    vec![
        Kind {
            command: "run services",
            known: plan.services.iter().map(|service| service.name.clone()).collect(),
            flags: format!(
                "--region=\"$REGION\" --filter=metadata.labels.tusk-fn={} --format='value(metadata.name)'",
                names.program
            ),
            more: Some("--region=$REGION"),
        },
        kind("pubsub subscriptions", subscriptions(plan), labelled.clone()),
        kind("pubsub topics", topics(plan), labelled.clone()),
        kind("eventarc triggers", delivery::trigger_names(plan), format!("--location=- {labelled}")),
        kind("eventarc channels", made(ResourceKind::EventBus), here(&labelled)),
        kind(
            "scheduler jobs",
            plan.timers().map(|record| names.job(&record.name)).collect(),
            here(&format!("--filter='name~/jobs/{}--[^/]+$' --format='value(name)'", names.program)),
        ),
        kind("secrets", made(ResourceKind::Secret), labelled),
        kind(
            "storage buckets",
            made(ResourceKind::Bucket),
            format!("--filter=labels.tusk-fn={} --format='value(storage_url)'", names.program),
        ),
    ]
}

fn topics(plan: &Plan<'_>) -> Vec<String> {
    let kinds = [ResourceKind::Queue, ResourceKind::Topic, ResourceKind::Stream];
    let made = plan.resources.made(&kinds).map(|(key, _)| plan.resources.physical(key));
    made.chain(dead_letters(plan)).collect()
}

fn dead_letters(plan: &Plan<'_>) -> impl Iterator<Item = String> {
    plan.receivers().filter(|it| has_own_dead_letters(it)).map(|it| plan.resources.dead_letters(it))
}

fn subscriptions(plan: &Plan<'_>) -> Vec<String> {
    let unreceived = plan.resources.made(&[ResourceKind::Queue]).filter(|(_, used)| used.triggered.is_empty());
    let unreceived = unreceived.map(|(key, _)| plan.resources.physical(key));
    let kept = unreceived.chain(dead_letters(plan)).map(|topic| kept(&topic));
    let pushed = plan.receivers().filter(|it| !delivery::is_by_eventarc(it));
    pushed.map(|it| plan.resources.names.subscription(&it.name)).chain(kept).collect()
}
