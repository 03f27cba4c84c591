//! `service.yaml`: a Cloud Run service for each kind of caller, all of one image.
//!
//! - **Who calls.** Events come from Pub/Sub, Eventarc and Cloud Scheduler of the same project, which count as internal ("Restrict
//!   network ingress for Cloud Run"); every caller of any service needs the invoker's role, which `deploy.sh` grants.
//! - **Whose token.** The platform's tokens for events name an audience of the service's own ("Configure custom audiences"), so that a
//!   token for another service is of no use here. Cloud Run verifies it, and removes its signature before the program sees it
//!   ("Troubleshoot Cloud Run issues", `SIGNATURE_REMOVED_BY_GOOGLE`), so that the program is not told to do so as well.
//! - **Memory and CPU.** The second generation of the execution environment has 512 `MiB` at least, and more than 4 `GiB` need more than
//!   one CPU ("Configure memory limits for services"). With one CPU or more, an instance takes several requests at once.
//! - **When it is ready.** The program opens its port when its inits have run, so that a TCP probe waits for them, for four minutes at most
//!   ("Configure container health checks").

use std::collections::BTreeMap;

use tusk_fn_spec::limits::MEGABYTE;
use tusk_fn_spec::output::OutputKind;
use tusk_fn_spec::provider::Target;
use tusk_fn_spec::trigger::Trigger;

use super::name::email;
use super::resource::{Resources, resource_of};
use crate::container::{Callers, Service, variable};
use crate::yaml::{Tree, entries, map};

/// The least memory of the second generation, and what a function has that does not say how much it needs.
const LEAST_MEMORY_MB: u64 = 512;
/// How many requests an instance takes at once, where no function says: Cloud Run's own default.
const DEFAULT_CONCURRENCY: u32 = 80;
/// How many instances there may be: Cloud Run's own default, written down because it bounds what a flood of requests costs.
const MOST_INSTANCES: &str = "100";
/// Where the program listens.
const PORT: u64 = 8080;

pub(super) fn tree(service: &Service<'_>, resources: &Resources<'_>) -> Tree {
    let names = &resources.names;
    let (ingress, audience) = match service.callers {
        Callers::Anyone | Callers::Admitted => ("all", None),
        Callers::Platform => ("internal", Some(format!("[\"{}\"]", names.audience()))),
    };
    let mut annotations = entries([("run.googleapis.com/ingress", ingress.into())]);
    annotations.extend(audience.map(|list| ("run.googleapis.com/custom-audiences".to_owned(), list.into())));
    let metadata = map([
        ("name", service.name.as_str().into()),
        ("labels", map([("tusk-fn", names.program.as_str().into())])),
        ("annotations", Tree::Map(annotations)),
    ]);
    let of_revision = map([
        ("autoscaling.knative.dev/maxScale", MOST_INSTANCES.into()),
        ("run.googleapis.com/execution-environment", "gen2".into()),
        ("run.googleapis.com/startup-cpu-boost", "true".into()),
    ]);
    let template = map([
        (
            "metadata",
            map([("labels", map([("tusk-fn", names.program.as_str().into())])), ("annotations", of_revision)]),
        ),
        (
            "spec",
            map([
                ("containerConcurrency", u64::from(concurrency(service)).into()),
                ("timeoutSeconds", service.timeout().as_secs().into()),
                ("serviceAccountName", email(&names.account(service.callers)).into()),
                ("containers", [container(service, resources)].into()),
            ]),
        ),
    ]);
    let traffic = map([("latestRevision", true.into()), ("percent", 100.into())]);
    map([
        ("apiVersion", "serving.knative.dev/v1".into()),
        ("kind", "Service".into()),
        ("metadata", metadata),
        ("spec", map([("template", template), ("traffic", [traffic].into())])),
    ])
}

fn container(service: &Service<'_>, resources: &Resources<'_>) -> Tree {
    let memory = memory_mb(service);
    let limits = map([("cpu", cpus(memory).into()), ("memory", format!("{memory}Mi").into())]);
    let probe = map([
        ("tcpSocket", map([("port", PORT.into())])),
        ("timeoutSeconds", 1.into()),
        ("periodSeconds", 2.into()),
        ("failureThreshold", 120.into()),
    ]);
    map([
        ("image", "${IMAGE}".into()),
        ("ports", [map([("containerPort", PORT.into())])].into()),
        ("env", Tree::List(environment(service, resources))),
        ("resources", map([("limits", limits)])),
        ("startupProbe", probe),
    ])
}

/// How many requests an instance takes at once: as few as the function allows that allows fewest, since the requests of all come
/// to the same instances.
fn concurrency(service: &Service<'_>) -> u32 {
    let of = |trigger: &Trigger| match trigger {
        Trigger::Queue(queue) => Some(queue.delivery.concurrency),
        Trigger::Topic(topic) => Some(topic.delivery.concurrency),
        Trigger::Http(_)
        | Trigger::Timer(_)
        | Trigger::Blob(_)
        | Trigger::Database(_)
        | Trigger::Stream(_)
        | Trigger::Event(_) => None,
    };
    service.functions.iter().filter_map(|record| of(&record.trigger)).min().unwrap_or(DEFAULT_CONCURRENCY)
}

fn memory_mb(service: &Service<'_>) -> u64 {
    service.memory().map_or(LEAST_MEMORY_MB, |bytes| bytes.div_ceil(MEGABYTE).max(LEAST_MEMORY_MB))
}

/// The fewest CPUs that may have that much memory.
const fn cpus(memory_mb: u64) -> &'static str {
    match memory_mb {
        0..=4096 => "1",
        4097..=8192 => "2",
        8193..=16384 => "4",
        16385..=24576 => "6",
        _ => "8",
    }
}

fn environment(service: &Service<'_>, resources: &Resources<'_>) -> Vec<Tree> {
    let mut variables = service.environment(Target::Google);
    let told = told(service, resources);
    if !told.is_empty() {
        variables.push(variable("TUSK_FN_RESOURCES", json(&told)));
    }
    variables.push(variable("GOOGLE_CLOUD_PROJECT", "${PROJECT_ID}"));
    variables
}

/// What the service's functions use, by the names that the running program looks for.
fn told(service: &Service<'_>, resources: &Resources<'_>) -> BTreeMap<String, String> {
    let mut told = BTreeMap::new();
    for record in &service.functions {
        for output in &record.outputs {
            let key = match output.kind {
                OutputKind::Event => "event".to_owned(),
                OutputKind::Queue | OutputKind::Topic | OutputKind::Bucket | OutputKind::Table | OutputKind::Secret => {
                    format!("{}/{}", output.kind.name(), output.name)
                }
            };
            told.insert(key, resources.physical(resource_of(output)));
        }
        if record.idempotent.is_some() {
            told.insert("idempotency".to_owned(), resources.names.idempotency());
        }
    }
    told
}

fn json(names: &BTreeMap<String, String>) -> String {
    let value = |text: &String| serde_json::Value::from(text.as_str());
    let pairs: Vec<String> = names.iter().map(|(key, name)| format!("{}:{}", value(key), value(name))).collect();
    format!("{{{}}}", pairs.join(","))
}
