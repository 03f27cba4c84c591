//! The shop on Azure: one function app behind a double of the host, with doubles of the services. Everything is set up by the template,
//! and listened to by each `function.json`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use rustix::process::Signal;
use serde_json::Value;
use tusk_fn_manifest::{Project, render};
use tusk_fn_spec::portability::Verdict;
use tusk_fn_spec::provider::Target;

use crate::azure::app::{App, Level, Source};
use crate::azure::host::{Host, done};
use crate::azure::sent::{self, Sent};
use crate::azure::services::Services;
use crate::azure::services::bus::Message;
use crate::shop::{Answer, Chapter, Shop, Ways, orders};

/// What a document has beside what the program wrote, and what stands for its key and its version.
const NOT_THE_ITEMS: [&str; 8] = ["_rid", "_self", "_etag", "_ts", "_attachments", "_lsn", "id", "tusk_fn_version"];

/// The shop as one app.
pub(super) struct Azure {
    app: App,
    services: Services,
    /// It is started once there are secrets.
    host: Option<Host>,
    /// How far each function's lease has read the changes of its container.
    leases: BTreeMap<String, u64>,
    /// What processes logged that have ended.
    past: String,
}

impl Azure {
    pub(super) fn deploy((program, project): (PathBuf, Project)) -> Self {
        let manifest = render(&project, Target::Azure).unwrap();
        let app = App::deploy(&manifest, program);
        let services = Services::start(app.services());
        Self { app, services, host: None, leases: BTreeMap::new(), past: String::new() }
    }

    /// Ends the process, and starts another one.
    fn restart(&mut self, by: Signal) {
        if let Some(mut host) = self.host.take() {
            self.past += &host.program.end(by).1;
        }
        self.host = Some(self.app.start(&self.services));
    }

    /// How many messages came for a function in all. What a filter should have kept from it, the program would drop as well.
    pub(super) fn arrived(&self, function: &str) -> usize {
        let queue = self.queue(function);
        self.services.held().bus.arrived(&queue)
    }

    /// What the program asked of a service that it may not, or without showing who it is.
    pub(super) fn refused(&self) -> Vec<String> {
        self.services.held().strangers.clone()
    }

    /// The queue of a function.
    fn queue(&self, function: &str) -> String {
        match self.source(function) {
            Source::Messages(queue) => queue,
            other => panic!("`{function}` has {other:?}"),
        }
    }

    fn source(&self, function: &str) -> Source {
        self.app.source(function, &self.services.held())
    }

    /// Invokes a function, again if it fails and has a retry policy.
    fn invoke(&self, function: &str, (data, mut metadata): Sent) {
        let host = self.host.as_ref().unwrap();
        let most = self.app.retries(function);
        for count in 0..=most {
            sent::again(&mut metadata, count, most);
            if host.invoke(function, &data, &metadata) == done() {
                return;
            }
        }
        panic!("`{function}` failed {most} times more:\n{}", self.past.clone() + &host.program.log());
    }

    /// Delivers a message; whether the host hears that it was handled.
    fn deliver(&mut self, function: &str, message: &Message, answer: Answer) -> bool {
        let (data, metadata) = sent::message(&self.app.binding(function), message);
        let host = self.host.as_ref().unwrap();
        match answer {
            Answer::Heard => host.invoke(function, &data, &metadata) == done(),
            Answer::Lost => {
                host.reply(function, &data, &metadata);
                false
            }
            Answer::Crash => {
                self.restart(Signal::KILL);
                false
            }
        }
    }
}

impl Shop for Azure {
    /// The feed of Cosmos DB has what a document is in the end, and nothing of those that are gone. A lock ends with a delivery,
    /// whatever became of that.
    fn ways(&self) -> Ways {
        Ways { tells_each_change: false, tells_inserts: false, tells_removals: false, counts_crashes: true }
    }

    fn request(&mut self, function: &str, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let (path, folder, level) = self.app.route(method, path);
        assert!(folder.ends_with(&format!("-{function}")), "{method} {path} is for {folder}");
        let mut headers = vec![("content-type", "application/json")];
        if level == Level::WithKey {
            headers.push(("x-functions-key", "the-key"));
        }
        let response = self.host.as_ref().unwrap().forward_with(method, &path, &headers, &body.to_string());
        (response.status, serde_json::from_slice(&response.body).unwrap_or_default())
    }

    fn attempt(&mut self, function: &str, answer: Answer) {
        let queue = self.queue(function);
        let delivered = self.services.held().bus.receive(&queue);
        for message in delivered {
            let handled = self.deliver(function, &message, answer);
            let bus = &mut self.services.held().bus;
            if handled {
                bus.complete(&queue, message.sequence);
            } else {
                bus.abandon(&queue, message.sequence);
            }
        }
    }

    fn settle(&mut self, function: &str) {
        let binding = self.app.binding(function);
        match self.source(function) {
            Source::Messages(queue) => {
                while !self.services.held().bus.waiting(&queue).is_empty() {
                    self.attempt(function, Answer::Heard);
                }
            }
            Source::Documents(container, most) => loop {
                let read = self.leases.get(function).copied().unwrap_or(0);
                let mut changes = self.services.held().cosmos.changes(&container, read);
                changes.truncate(most);
                let Some(last) = changes.last() else { return };
                let last = last["_lsn"].as_u64().unwrap();
                self.invoke(function, sent::documents(&binding, &changes));
                self.leases.insert(function.to_owned(), last);
            },
            Source::Records(hub, group, most) => loop {
                let batch = self.services.held().hubs.read(&hub, &group, most);
                let Some(batch) = batch else { return };
                self.invoke(function, sent::records(&binding, &hub, &batch));
                self.services.held().hubs.done(&hub, &group, &batch);
            },
            Source::Timer => panic!("nothing waits for `{function}`"),
        }
    }

    fn fire(&mut self, function: &str) {
        assert!(matches!(self.source(function), Source::Timer), "{function}");
        self.invoke(function, sent::timer(&self.app.binding(function)));
    }

    fn record(&mut self, stream: &str, partition: &str, data: &Value) {
        self.services.held().hubs.write(stream, partition, data.to_string());
    }

    fn put_secret(&mut self, secret: &str, value: &str) {
        let url = self.app.resource(&format!("secret/{secret}"));
        let name = url.strip_prefix("https://the-vault.vault.azure.net/secrets/").expect("it is in the vault");
        self.services.held().secrets.insert(name.to_owned(), value.to_owned());
        self.restart(Signal::TERM);
    }

    fn item(&mut self, table: &str, key: &str) -> Option<Value> {
        let url = self.app.resource(&format!("table/{table}"));
        let (_, container) = url.split_once(".documents.azure.com/").expect("a container");
        let mut document = self.services.held().cosmos.document(container, key)?.clone();
        document.as_object_mut().unwrap().retain(|name, _| !NOT_THE_ITEMS.contains(&name.as_str()));
        Some(document)
    }

    fn object(&mut self, bucket: &str, key: &str) -> Option<String> {
        let url = self.app.resource(&format!("bucket/{bucket}"));
        let (account, container) = url.split_once(".blob.core.windows.net/").expect("a container");
        let place = format!("{}/{container}", account.trim_start_matches("https://"));
        Some(String::from_utf8(self.services.held().storage.blob(&place, key)?.to_owned()).unwrap())
    }

    fn log(&mut self, _function: &str) -> String {
        format!("{}{}", self.past, self.host.as_ref().unwrap().program.log())
    }

    fn left(&mut self) -> Vec<String> {
        self.services.held().bus.left()
    }

    /// Messages keep their order by their sessions, and dead letters keep what they were.
    fn after(&mut self, chapter: Chapter) {
        let waiting = |function: &str| {
            let queue = self.queue(function);
            self.services.held().bus.waiting(&queue).to_vec()
        };
        let body = |message: &Message| serde_json::from_str::<Value>(&message.body).unwrap();
        let session = |message: &Message| message.session.clone().unwrap();
        let [ada, grace] = ["Ada".to_owned(), "Grace".to_owned()];
        match chapter {
            Chapter::Placed => {
                let placed = waiting("fulfil");
                assert_eq!(placed.iter().map(body).collect::<Vec<_>>(), orders());
                let sessions: Vec<String> = placed.iter().map(session).collect();
                assert_eq!(sessions, [ada.clone(), ada.clone(), ada.clone(), ada, grace]);
            }
            // One of each session was delivered.
            Chapter::Unheard => {
                let deliveries: Vec<u32> = waiting("fulfil").iter().map(|message| message.deliveries).collect();
                assert_eq!(deliveries, [1, 0, 0, 0, 1]);
                assert_eq!(self.item("stock", "lamp").unwrap()["pieces"], 3);
            }
            Chapter::Fulfilled => {
                let letters = waiting("give-up");
                let [_, _, short, _, unknown] = orders();
                assert_eq!(letters.iter().map(body).collect::<Vec<_>>(), [unknown, short]);
                assert_eq!(letters.iter().map(session).collect::<Vec<_>>(), [grace, ada]);
                assert!(letters.iter().all(|it| it.properties["DeadLetterReason"] == "MaxDeliveryCountExceeded"));
            }
        }
    }
}

/// What the feed does not tell is what `cargo tusk check` says of the function that follows it.
#[test]
fn what_changes_are_not_told_is_said() {
    let (_, project) = super::orders();
    let follows = project.functions.iter().find(|record| record.name == "watch-stock").unwrap();
    let verdict = Verdict::of(follows, Target::Azure, "2026-01-01T00:00:00Z".parse().unwrap());
    let said = "the change feed of Cosmos DB does not tell what was removed, nor inserts from modifications: each is an `Upsert`";
    assert!(verdict.reasons.iter().any(|reason| reason.text == said), "{:?}", verdict.reasons);
}
