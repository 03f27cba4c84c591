//! A function app: the folder that is deployed, its settings, and what the host makes of `host.json` and each `function.json`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::Value;
use tusk_fn_manifest::{Manifest, Package};
use tusk_fn_spec::provider::Target;

use super::deployment;
use super::host::Host;
use super::services::access::{DOCUMENT_CONTRIBUTOR, DOCUMENT_READER, MESSAGE_RECEIVER, RECORD_RECEIVER, Role};
use super::services::{Held, Services, bus};
use super::template::Template;
use crate::support::program;

/// An app that is deployed and may be started.
pub(crate) struct App {
    template: Template,
    /// What is in the folder beside the program.
    files: BTreeMap<String, String>,
    program: PathBuf,
    settings: BTreeMap<String, String>,
}

/// Where the host gets what a function is called with.
#[derive(Debug)]
pub(crate) enum Source {
    /// A queue of Service Bus, or that of a subscription.
    Messages(String),
    /// A container of Cosmos DB, and how many documents come at most.
    Documents(String, usize),
    /// A hub, the group that reads it, and how many records come at most.
    Records(String, String, usize),
    Timer,
}

impl App {
    /// Deploys what was rendered, with the program.
    pub(crate) fn deploy(manifest: &Manifest, program: PathBuf) -> Self {
        let package = Package::of(Target::Azure).unwrap();
        let text = |path: &str| &manifest.files.iter().find(|file| file.path == path).expect(path).contents;
        let template = Template::read(text("template.json"), &[("keyVaultName", "the-vault")]);
        let packed = manifest.files.iter().filter_map(|file| Some((package.name_of(file)?, file.contents.clone())));
        let files = packed.map(|(name, contents)| (name.to_owned(), contents)).collect();
        let [site] = &template.resources("Microsoft.Web/sites")[..] else { panic!("not one app") };
        let listed = site.properties["siteConfig"]["appSettings"].as_array().expect("settings");
        let setting = |it: &Value| {
            let text = |name: &str| it[name].as_str().unwrap_or_else(|| panic!("no text: {it}")).to_owned();
            (text("name"), text("value"))
        };
        let settings = listed.iter().map(setting).collect();
        Self { template, files, program, settings }
    }

    /// What the services hold then.
    pub(crate) fn services(&self) -> Held {
        deployment::deploy(&self.template)
    }

    /// The URL of a resource, by the name that the program has for it.
    pub(crate) fn resource(&self, name: &str) -> String {
        self.resources()[name].as_str().unwrap_or_else(|| panic!("nothing is told of {name}")).to_owned()
    }

    fn resources(&self) -> Value {
        serde_json::from_str(&self.settings["TUSK_FN_RESOURCES"]).unwrap()
    }

    /// Starts the host, whose services are the double's.
    pub(crate) fn start(&self, services: &Services) -> Host {
        let folder = tempfile::tempdir().unwrap();
        for (name, contents) in &self.files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, contents).unwrap();
        }
        let handler = &self.json("host.json")["customHandler"];
        // Else the host would send a request as it sends an event.
        assert_eq!(handler["enableForwardingHttpRequest"], true);
        let executable = handler["description"]["defaultExecutablePath"].as_str().unwrap();
        let packed = Package::of(Target::Azure).unwrap().program;
        std::os::unix::fs::symlink(&self.program, folder.path().join(packed)).unwrap();
        let mut starter = program(folder.path().join(executable).to_str().unwrap());
        for (name, value) in &self.settings {
            starter = starter.env(name, value);
        }
        let mut resources = self.resources();
        for url in resources.as_object_mut().unwrap().values_mut() {
            *url = services.here(url.as_str().unwrap()).into();
        }
        for (name, value) in services.identity() {
            starter = starter.env(name, value);
        }
        Host::run(starter.env("TUSK_FN_RESOURCES", resources.to_string()), folder)
    }

    fn json(&self, path: &str) -> Value {
        let text = self.files.get(path).unwrap_or_else(|| panic!("there is no {path}"));
        serde_json::from_str(text).unwrap()
    }

    fn function(&self, folder: &str) -> Value {
        self.json(&format!("{folder}/function.json"))
    }

    /// What triggers a function: the one binding that it has.
    pub(crate) fn binding(&self, function: &str) -> Value {
        let mut file = self.function(function);
        let Some([binding]) = file["bindings"].as_array_mut().map(Vec::as_mut_slice) else { panic!("{file}") };
        binding.take()
    }

    /// How often the host tries an invocation again.
    pub(crate) fn retries(&self, function: &str) -> u64 {
        let retry = &self.function(function)["retry"];
        if retry.is_null() {
            return 0;
        }
        assert_eq!(retry["strategy"], "exponentialBackoff");
        retry["maxRetryCount"].as_u64().unwrap()
    }

    /// Where the host gets what a function is called with. It acts as the app, and knows the services by the app's settings.
    pub(crate) fn source(&self, function: &str, held: &Held) -> Source {
        let binding = self.binding(function);
        let text = |name: &str| binding[name].as_str().unwrap_or_else(|| panic!("no {name}: {binding}")).to_owned();
        let access = held.access.as_ref().expect("who may do what");
        let may = |roles: &[Role], part: &str| {
            assert!(access.allows(&access.principal, roles, part), "{function} may not read {part}");
        };
        let named = |name: &str, domain: &str, kind: &str| {
            let prefix = text("connection");
            let setting = |key: &str| self.settings[&format!("{prefix}__{key}")].as_str();
            assert_eq!([setting("credential"), setting("clientId")], ["managedidentity", &*access.client_id]);
            let [account] = &self.template.resources(kind)[..] else { panic!("not one {kind}") };
            assert_eq!(setting(name), domain.replace('*', account.name()));
        };
        match &*text("type") {
            "serviceBusTrigger" => {
                named("fullyQualifiedNamespace", "*.servicebus.windows.net", "Microsoft.ServiceBus/namespaces");
                assert_eq!(binding["cardinality"], "one");
                let queue = match binding["queueName"].as_str() {
                    Some(queue) => queue.to_owned(),
                    None => bus::subscription(&text("topicName"), &text("subscriptionName")),
                };
                let kind = if binding["queueName"].is_null() { "topics" } else { "queues" };
                may(&[MESSAGE_RECEIVER], &format!("/{kind}/{queue}"));
                // A receiver of the other kind is refused.
                assert_eq!(binding["isSessionsEnabled"], held.bus.has_sessions(&queue), "{function}");
                Source::Messages(queue)
            }
            "cosmosDBTrigger" => {
                let kind = "Microsoft.DocumentDB/databaseAccounts";
                named("accountEndpoint", "https://*.documents.azure.com:443/", kind);
                let container = |database: &str, name: &str| format!("dbs/{}/colls/{}", text(database), text(name));
                let leases = container("leaseDatabaseName", "leaseContainerName");
                assert!(held.cosmos.has(&leases), "there is no {leases}");
                may(&[DOCUMENT_CONTRIBUTOR], &leases);
                let documents = container("databaseName", "containerName");
                may(&[DOCUMENT_CONTRIBUTOR, DOCUMENT_READER], &documents);
                assert_eq!(binding["startFromBeginning"], true);
                Source::Documents(documents, number(&binding["maxItemsPerInvocation"]))
            }
            "eventHubTrigger" => {
                named("fullyQualifiedNamespace", "*.servicebus.windows.net", "Microsoft.EventHub/namespaces");
                assert_eq!(binding["cardinality"], "many");
                let most = &self.json("host.json")["extensions"]["eventHubs"]["maxEventBatchSize"];
                let hub = text("eventHubName");
                may(&[RECORD_RECEIVER], &format!("/eventhubs/{hub}"));
                Source::Records(hub, text("consumerGroup"), number(most))
            }
            "timerTrigger" => Source::Timer,
            other => panic!("{function} is called by {other}"),
        }
    }

    /// The path of a request as clients have it, and the folder of the function that the host takes for it: the first in the
    /// alphabet whose route matches.
    pub(crate) fn route(&self, method: &str, path: &str) -> (String, String, Level) {
        let host = self.json("host.json");
        let prefix = host["extensions"]["http"]["routePrefix"].as_str().expect("a prefix");
        let folders = self.files.keys().filter_map(|name| name.strip_suffix("/function.json"));
        let matching = folders.filter_map(|folder| {
            let bindings = self.function(folder)["bindings"].take();
            let trigger = bindings.as_array()?.iter().find(|binding| binding["type"] == "httpTrigger")?.clone();
            let methods = trigger["methods"].as_array();
            let allowed = methods.is_none_or(|methods| methods.iter().any(|it| *it == method.to_lowercase()));
            let fits = allowed && matches(trigger["route"].as_str().unwrap(), path.trim_start_matches('/'));
            fits.then(|| (folder.to_owned(), level(&trigger["authLevel"])))
        });
        let (folder, level) = matching.min_by(|a, b| a.0.cmp(&b.0)).unwrap_or_else(|| panic!("no route for {path}"));
        (format!("/{prefix}{path}"), folder, level)
    }
}

/// Who may call a function.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Level {
    Anyone,
    /// Whoever shows a key.
    WithKey,
}

fn level(level: &Value) -> Level {
    match level.as_str() {
        Some("anonymous") => Level::Anyone,
        Some("function" | "admin") => Level::WithKey,
        _ => panic!("{level}"),
    }
}

/// Whether a template of ASP.NET, of literals and whole parameters, matches a path.
fn matches(template: &str, path: &str) -> bool {
    assert!(!template.contains(['*', '?', ':']), "more than the double knows: {template}");
    let (parts, segments): (Vec<&str>, Vec<&str>) = (template.split('/').collect(), path.split('/').collect());
    let fits = |(part, segment): (&&str, &&str)| part.starts_with('{') || part.eq_ignore_ascii_case(segment);
    parts.len() == segments.len() && parts.iter().zip(&segments).all(fits)
}

fn number(value: &Value) -> usize {
    usize::try_from(value.as_u64().expect("a number")).unwrap()
}
