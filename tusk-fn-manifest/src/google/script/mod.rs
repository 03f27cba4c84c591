//! `deploy.sh`: what `service.yaml` cannot say, as commands of `gcloud`.
//!
//! The first half is the same for every program: functions of bash, each of which makes a kind of thing if it is not there
//! (`prelude.sh`). The second half calls them, a line for each thing. Three orders matter:
//!
//! - a subscription is made before anything can send to its topic, and is told where to push when the service is there, so that no
//!   message is lost between the two
//! - services that clients call are deployed last
//! - what an account may do is granted before the service runs as that account
//!
//! What Google's documentation says of the commands is in `gcloud`'s own reference, which the tests hold the script's flags against.
//! Eventarc's subscriptions are set up like others ("Retry events"): by itself Pub/Sub would give a function ten seconds.

mod delivery;
mod permission;
mod stale;

use tusk_fn_spec::provider::Target;
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::Trigger;

use super::access::Grants;
use super::existing::{part, project};
use super::name::{email, kept};
use super::resource::{Resources, has_own_dead_letters};
use crate::container::{Callers, Service};
use crate::{Project, RenderError, ResourceKind};

const PRELUDE: &str = include_str!("prelude.sh");

/// What the script is made of.
pub(super) struct Plan<'a> {
    pub(super) project: &'a Project,
    pub(super) services: &'a [Service<'a>],
    pub(super) resources: &'a Resources<'a>,
    pub(super) grants: &'a Grants,
}

impl<'a> Plan<'a> {
    /// The service that events come to.
    fn events(&self) -> Option<&'a Service<'a>> {
        self.services.iter().find(|service| service.callers == Callers::Platform)
    }

    /// The functions that Pub/Sub calls, in its own name or in Eventarc's.
    fn receivers(&self) -> impl Iterator<Item = &'a FunctionRecord> {
        self.events()
            .into_iter()
            .flat_map(|service| service.functions.iter().copied())
            .filter(|record| !is_timer(record))
    }

    fn timers(&self) -> impl Iterator<Item = &'a FunctionRecord> {
        self.events()
            .into_iter()
            .flat_map(|service| service.functions.iter().copied())
            .filter(|record| is_timer(record))
    }

    fn uses(&self, kind: ResourceKind) -> bool {
        self.resources.uses.keys().any(|(it, _)| *it == kind)
    }
}

fn is_timer(record: &FunctionRecord) -> bool {
    matches!(record.trigger, Trigger::Timer(_))
}

/// The lines of the script.
#[derive(Debug, Default)]
struct Lines(String);

impl Lines {
    fn line(&mut self, words: &[&str]) {
        self.0.push_str(&words.join(" "));
        self.0.push('\n');
    }

    /// A headline, which the script prints.
    fn section(&mut self, what: &str) {
        self.0.push('\n');
        self.line(&["say", &single(what)]);
    }
}

/// A text that the shell leaves as it is.
fn single(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A text in which the shell puts in what stands behind `$`.
fn double(text: &str) -> String {
    format!("\"{text}\"")
}

/// The script's text.
pub(super) fn text(plan: &Plan<'_>) -> Result<String, Vec<RenderError>> {
    let mut lines = Lines::default();
    prologue(plan, &mut lines);
    databases(plan, &mut lines);
    accounts(plan, &mut lines);
    topics(plan, &mut lines);
    stores(plan, &mut lines);
    permission::lines(plan, &mut lines);
    delivery::subscriptions(plan, &mut lines);
    events_service(plan, &mut lines)?;
    other_services(plan, &mut lines);
    stale::lines(plan, &mut lines);
    lines.section("done");
    let header = format!(
        "#!/usr/bin/env bash\n\
         # Written by tusk-fn {version} out of the compiled program. Do not edit: the next build overwrites it.\n\
         #\n\
         # write it again:  {command}\n\
         # deploy:          PROJECT_ID=… REGION=… IMAGE=… ./deploy.sh\n\
         #\n\
         # What stands between single quotes is meant as it stands:\n\
         # shellcheck disable=SC2016\n\
         \n\
         set -euo pipefail\n\
         \n\
         readonly PROGRAM={program}\n\
         \n",
        version = env!("CARGO_PKG_VERSION"),
        command = plan.project.command_for(Target::Google),
        program = plan.resources.names.program,
    );
    Ok(header + PRELUDE + &lines.0)
}

fn prologue(plan: &Plan<'_>, lines: &mut Lines) {
    let names = &plan.resources.names;
    lines.0.push('\n');
    lines.line(&["prepare \"$@\""]);
    if let Some(events) = plan.events() {
        lines.line(&[&format!("readonly EVENTS_SERVICE={}", events.name)]);
        lines.line(&[&format!("readonly INVOKER={}", double(&email(&names.invoker())))]);
        lines.line(&[&format!("readonly AUDIENCE={}", double(&names.audience()))]);
    }
    if plan.receivers().next().is_some() {
        lines.line(&["project_number=\"$(g projects describe \"$PROJECT_ID\" --format='value(projectNumber)')\""]);
        let agent = "serviceAccount:service-${project_number}@gcp-sa-pubsub.iam.gserviceaccount.com";
        lines.line(&[&format!("readonly PUBSUB={}", double(agent))]);
    }
    permission::variables(plan, lines);
    lines.section("APIs");
    let apis = apis(plan);
    lines.line(&["run services enable", &apis.join(" ")]);
    // Their agents are made when they are first needed, which is too late for granting them anything.
    for api in ["pubsub", "eventarc"].map(|name| format!("{name}.googleapis.com")) {
        if apis.contains(&&*api) && plan.receivers().next().is_some() {
            lines.line(&[&format!("run beta services identity create --service={api}")]);
        }
    }
}

fn apis(plan: &Plan<'_>) -> Vec<&'static str> {
    let has_triggers = plan.receivers().any(delivery::is_by_eventarc);
    let topics =
        [ResourceKind::Queue, ResourceKind::Topic, ResourceKind::Stream].into_iter().any(|kind| plan.uses(kind));
    let wanted = [
        ("iam.googleapis.com", true),
        ("run.googleapis.com", true),
        ("pubsub.googleapis.com", topics || has_triggers),
        ("eventarc.googleapis.com", has_triggers || plan.uses(ResourceKind::EventBus)),
        ("eventarcpublishing.googleapis.com", plan.uses(ResourceKind::EventBus)),
        ("cloudscheduler.googleapis.com", plan.timers().next().is_some()),
        ("firestore.googleapis.com", plan.uses(ResourceKind::Table) || plan.resources.remembers),
        ("storage.googleapis.com", plan.uses(ResourceKind::Bucket)),
        ("secretmanager.googleapis.com", plan.uses(ResourceKind::Secret)),
    ];
    wanted.into_iter().filter(|(_, wanted)| *wanted).map(|(api, _)| api).collect()
}

fn databases(plan: &Plan<'_>, lines: &mut Lines) {
    let names = &plan.resources.names;
    let tables = plan.resources.uses.keys().filter(|(kind, _)| *kind == ResourceKind::Table);
    let tables = tables.map(|key| plan.resources.physical(*key));
    let remembered = plan.resources.remembers.then(|| names.idempotency());
    let mut databases: Vec<(String, String)> = tables
        .chain(remembered.clone())
        .map(|table| (project(&table).unwrap_or_default().to_owned(), part(&table, "databases").to_owned()))
        .collect();
    databases.sort();
    databases.dedup();
    if databases.is_empty() {
        return;
    }
    lines.section("databases");
    for (project, database) in databases {
        lines.line(&["database", &double(&project), &single(&database)]);
    }
    if let Some(table) = remembered {
        lines.line(&["forgetting", &single(part(&table, "databases")), &names.idempotency_collection()]);
    }
}

fn accounts(plan: &Plan<'_>, lines: &mut Lines) {
    let names = &plan.resources.names;
    lines.section("service accounts");
    for service in plan.services {
        let what = format!("the service {}", service.name);
        lines.line(&["account", &names.account(service.callers), &single(&what)]);
    }
    if let Some(events) = plan.events() {
        let what = format!("calls the service {}", events.name);
        lines.line(&["account", &names.invoker(), &single(&what)]);
    }
}

fn topics(plan: &Plan<'_>, lines: &mut Lines) {
    let made: Vec<_> = plan.resources.made(&[ResourceKind::Queue, ResourceKind::Topic, ResourceKind::Stream]).collect();
    let dead: Vec<&FunctionRecord> = plan.receivers().filter(|record| has_own_dead_letters(record)).collect();
    if made.is_empty() && dead.is_empty() {
        return;
    }
    lines.section("topics");
    for (key, used) in made {
        let topic = plan.resources.physical(key);
        lines.line(&["topic", &double(&topic)]);
        // A topic forgets what nobody is subscribed to, and a queue does not.
        if key.0 == ResourceKind::Queue && used.triggered.is_empty() {
            lines.line(&["keep", &double(&kept(&topic)), &double(&topic)]);
        }
    }
    for record in dead {
        let topic = plan.resources.dead_letters(record);
        lines.line(&["topic", &double(&topic)]);
        lines.line(&["keep", &double(&kept(&topic)), &double(&topic)]);
    }
}

fn stores(plan: &Plan<'_>, lines: &mut Lines) {
    for (kind, what, function) in [
        (ResourceKind::Bucket, "buckets", "bucket"),
        (ResourceKind::Secret, "secrets", "secret"),
        (ResourceKind::EventBus, "the channel of events", "channel"),
    ] {
        let kinds = [kind];
        let mut made = plan.resources.made(&kinds).peekable();
        if made.peek().is_some() {
            lines.section(what);
        }
        for (key, _) in made {
            let physical = plan.resources.physical(key);
            // These commands take the name alone.
            let name =
                if kind == ResourceKind::Bucket { &physical } else { physical.rsplit('/').next().unwrap_or(&physical) };
            lines.line(&[function, &double(name)]);
        }
    }
}

fn events_service(plan: &Plan<'_>, lines: &mut Lines) -> Result<(), Vec<RenderError>> {
    let Some(events) = plan.events() else { return Ok(()) };
    lines.section(&format!("the service {}", events.name));
    lines.line(&["service", &events.name]);
    permission::invoker(plan, lines);
    lines.line(&[
        "url=\"$(g run services describe \"$EVENTS_SERVICE\" --region=\"$REGION\" --format='value(status.url)')\"",
    ]);
    delivery::lines(plan, lines)
}

/// Those that clients call.
fn other_services(plan: &Plan<'_>, lines: &mut Lines) {
    for service in plan.services.iter().filter(|service| service.callers != Callers::Platform) {
        lines.section(&format!("the service {}", service.name));
        lines.line(&["service", &service.name]);
        if service.callers == Callers::Anyone {
            lines.line(&[
                "may allUsers roles/run.invoker run services add-iam-policy-binding",
                &service.name,
                "--region=\"$REGION\" --condition=None",
            ]);
        }
        lines.line(&[&format!(
            "remark \"{0} answers at $(g run services describe {0} --region=\"$REGION\" --format='value(status.url)')\"",
            service.name
        )]);
    }
}
