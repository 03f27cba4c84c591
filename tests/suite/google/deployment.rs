//! What `deploy.sh` made in a project, as the double of gcloud kept it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;
use tusk_fn_manifest::Manifest;

use super::Services;
use super::access::Grants;
use super::double::{Double, PROJECT, Thing};
use super::eventarc::Trigger;
use super::pubsub::Subscription;

/// What calls programs, and the programs.
pub(crate) struct Deployment {
    /// Each service of Cloud Run as its text has it.
    pub(crate) services: Vec<Value>,
    /// Where each subscription pushes to.
    pub(crate) pushes: BTreeMap<String, Target>,
    pub(crate) jobs: Vec<Job>,
}

/// Where something is sent, and with whose token for whom.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) url: String,
    pub(crate) account: String,
    pub(crate) audience: String,
}

/// A job of Cloud Scheduler.
pub(crate) struct Job {
    pub(crate) name: String,
    pub(crate) schedule: String,
    pub(crate) zone: String,
    pub(crate) target: Target,
    /// How often one instant is tried.
    pub(crate) attempts: u32,
}

impl Deployment {
    /// Deploys to a project that has nothing but a database, as somebody who runs the script does.
    pub(crate) fn run(manifest: &Manifest, folder: &Path, project: &mut Services) -> Self {
        for file in &manifest.files {
            fs::write(folder.join(&file.path), &file.contents).unwrap();
        }
        let double = Double::of(folder.join("gcloud"));
        double.make("firestore databases", "(default)");
        let run = double.command(&folder.join("deploy.sh")).env("TMPDIR", folder).output().unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        Self::read(&double, project)
    }

    fn read(double: &Double, project: &mut Services) -> Self {
        let kept = |name: &str| fs::read_to_string(double.0.join(name)).unwrap();
        project.grants = Grants::read(&kept("bindings"), &kept("calls"));
        let mut made = Self { services: Vec::new(), pushes: BTreeMap::new(), jobs: Vec::new() };
        for thing in double.things() {
            let name = thing.name.clone();
            match thing.kind.as_str() {
                "run services" => made.services.push(serde_saphyr::from_str(&double.service(&name)).unwrap()),
                "pubsub topics" => drop(project.pubsub.topics.insert(name)),
                "pubsub subscriptions" => made.subscription(&thing, project),
                "eventarc triggers" => trigger(&thing, project),
                "eventarc channels" => {
                    let location = flag(&thing, "location");
                    project.channels.push(format!("projects/{PROJECT}/locations/{location}/channels/{name}"));
                }
                "secrets" => drop(project.secrets.insert(format!("projects/{PROJECT}/secrets/{name}"), Vec::new())),
                "storage buckets" => project.storage.make(name.strip_prefix("gs://").unwrap()),
                "scheduler jobs" => made.jobs.push(Job::read(&thing)),
                // The database is there, and the rest keeps nothing.
                "firestore databases" | "firestore fields ttls" | "iam service-accounts" => {}
                other => panic!("this double does not know what {other} are"),
            }
        }
        made
    }

    fn subscription(&mut self, thing: &Thing, project: &mut Services) {
        let is_of_trigger = thing.flag("topic").is_none();
        let topic = if is_of_trigger { own_topic(&thing.name) } else { flag(thing, "topic").to_owned() };
        let dead_letters = thing.flag("dead-letter-topic").map(|topic| {
            let attempts = flag(thing, "max-delivery-attempts").parse().unwrap();
            assert!((5..=100).contains(&attempts), "Pub/Sub takes 5 to 100 attempts: {thing:?}");
            // Without both, Pub/Sub forwards nothing ("Dead-letter topics").
            for (role, on, name) in [
                ("roles/pubsub.publisher", "pubsub topics", topic),
                ("roles/pubsub.subscriber", "pubsub subscriptions", &*thing.name),
            ] {
                let members = project.grants.members(role, on, name);
                let has = members.iter().any(|member| member.ends_with("@gcp-sa-pubsub.iam.gserviceaccount.com"));
                assert!(has, "Pub/Sub has not {role} on {name}");
            }
            (topic.to_owned(), attempts)
        });
        let ordered = thing.flag("ordering") == Some("True");
        let filter = thing.flag("message-filter").unwrap_or_default().to_owned();
        let subscription = Subscription { topic, ordered, filter, dead_letters, waiting: Vec::new() };
        project.pubsub.subscriptions.insert(thing.name.clone(), subscription);
        if let Some(url) = thing.flag("push-endpoint") {
            let account = flag(thing, "push-auth-service-account").to_owned();
            let audience = flag(thing, "push-auth-token-audience").to_owned();
            self.pushes.insert(thing.name.clone(), Target { url: url.to_owned(), account, audience });
        }
    }
}

fn flag<'a>(thing: &'a Thing, name: &str) -> &'a str {
    thing.flag(name).unwrap_or_else(|| panic!("--{name} is missing: {thing:?}"))
}

/// The topic that Eventarc makes for a trigger is called like its subscription.
fn own_topic(subscription: &str) -> String {
    subscription.replace("/subscriptions/", "/topics/")
}

fn trigger(thing: &Thing, project: &mut Services) {
    let pairs = |name: &str| {
        let pair = |text: &str| text.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())).unwrap();
        thing.flags(name).map(pair).collect()
    };
    let topic = own_topic(&format!("projects/{}/subscriptions/eventarc-{}", PROJECT, thing.name));
    project.pubsub.topics.insert(topic.clone());
    project.triggers.push(Trigger {
        channel: thing.flag("channel").map(str::to_owned),
        filters: pairs("event-filters"),
        patterns: pairs("event-filters-path-pattern"),
        content_type: thing.flag("event-data-content-type").map(str::to_owned),
        topic,
    });
}

impl Job {
    fn read(thing: &Thing) -> Self {
        assert_eq!(flag(thing, "http-method"), "POST");
        let retries: u32 = flag(thing, "max-retry-attempts").parse().unwrap();
        Self {
            name: thing.name.clone(),
            schedule: flag(thing, "schedule").to_owned(),
            zone: flag(thing, "time-zone").to_owned(),
            target: Target {
                url: flag(thing, "uri").to_owned(),
                account: flag(thing, "oidc-service-account-email").to_owned(),
                audience: flag(thing, "oidc-token-audience").to_owned(),
            },
            attempts: retries + 1,
        }
    }
}
