//! A double of Google Cloud, written from what its documentation and its interfaces show: a project with services that programs
//! call by REST, and the events that come of it.
//!
//! - [`pubsub`], [`eventarc`], [`firestore`], [`storage`]: the services; Secret Manager is a map
//! - [`access`]: who may do what
//! - [`deployment`]: what `deploy.sh` made in the project
//! - [`run`]: Cloud Run, whose services are processes

mod access;
pub(crate) mod deployment;
#[path = "../../tusk-fn-manifest/tests/render/google/double.rs"]
mod double;
pub(crate) mod eventarc;
#[path = "../../tusk-fn-spec/src/filter/pubsub/meaning.rs"]
mod filter;
pub(crate) mod firestore;
pub(crate) mod pubsub;
pub(crate) mod run;
mod storage;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::percent_decode_str;
use serde_json::json;

use self::access::Grants;
use self::eventarc::{Event, Trigger};
use self::firestore::Firestore;
use self::pubsub::PubSub;
use self::storage::Storage;
use crate::server::{Answer, Request, serve};

/// What the services of a project hold.
#[derive(Default)]
pub(crate) struct Services {
    pub(crate) pubsub: PubSub,
    pub(crate) firestore: Firestore,
    pub(crate) storage: Storage,
    pub(crate) grants: Grants,
    pub(crate) channels: Vec<String>,
    pub(crate) triggers: Vec<Trigger>,
    /// The values of each secret, the newest last.
    pub(crate) secrets: BTreeMap<String, Vec<String>>,
    /// In microseconds. It goes on with each request.
    clock: u64,
}

/// A project.
pub(crate) struct Google {
    services: Arc<Mutex<Services>>,
}

impl Google {
    pub(crate) fn new() -> Self {
        Self { services: Arc::default() }
    }

    pub(crate) fn services(&self) -> MutexGuard<'_, Services> {
        self.services.lock().unwrap()
    }

    /// What tells Google's own clients of emulators: of services that know the caller as a service account, which then needs roles.
    pub(crate) fn variables(&self, account: Option<&str>) -> [(&'static str, String); 5] {
        let services = Arc::clone(&self.services);
        let member = account.map(|account| format!("serviceAccount:{account}"));
        let address = serve(move |request| services.lock().unwrap().answer(member.as_deref(), request));
        let (host, url) = (address.to_string(), format!("http://{address}/"));
        [
            ("PUBSUB_EMULATOR_HOST", host.clone()),
            ("FIRESTORE_EMULATOR_HOST", host),
            ("STORAGE_EMULATOR_HOST", url.clone()),
            ("CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER", url.clone()),
            ("CLOUDSDK_API_ENDPOINT_OVERRIDES_EVENTARCPUBLISHING", url),
        ]
    }
}

impl Services {
    /// A moment that no other thing happened at.
    fn now(&mut self) -> u64 {
        self.clock += 1;
        self.clock
    }

    /// Publishes a message to a topic, as some other program does.
    pub(crate) fn publish(&mut self, topic: &str, ordering_key: &str, data: &[u8]) {
        let message = json!({ "data": BASE64_STANDARD.encode(data), "orderingKey": ordering_key });
        let now = moment(self.now());
        assert!(self.pubsub.publish(topic, &json!({ "messages": [message] }), &now).is_some(), "there is no {topic}");
    }

    /// What a subscription is answered for a message.
    pub(crate) fn answered(&mut self, subscription: &str, id: &str, status: Option<u16>) {
        let now = moment(self.now());
        self.pubsub.answered(subscription, id, status, &now);
    }

    fn answer(&mut self, member: Option<&str>, request: &Request) -> Answer {
        let now = self.now();
        if member.is_some_and(|member| !self.grants.admit(member, request)) {
            return refused(403, "PERMISSION_DENIED");
        }
        let Some(path) = request.target.strip_prefix("/v1/") else {
            let (answer, events) = self.storage.answer(request, now);
            self.tell(&events);
            return answer;
        };
        let kind = request.headers.get("content-type").map(String::as_str);
        assert_eq!(kind, (request.method == "POST").then_some("application/json"), "{path}");
        let path = decoded(path);
        let (resource, operation) = path.rsplit_once(':').unwrap_or((&path, ""));
        match (request.method.as_str(), operation) {
            ("POST", "publish") => match self.pubsub.publish(resource, &request.json(), &moment(now)) {
                Some(ids) => Answer::json(200, &json!({ "messageIds": ids })),
                None => refused(404, "NOT_FOUND"),
            },
            ("POST", "batchGet") => Answer::json(200, &self.firestore.batch_get(&request.json())),
            ("POST", "commit") => match self.firestore.commit(&request.json(), now) {
                Ok((answer, event)) => {
                    self.tell(event.as_slice());
                    Answer::json(200, &answer)
                }
                Err((status, code)) => refused(status, code),
            },
            ("POST", "publishEvents") if self.channels.iter().any(|channel| channel == resource) => {
                self.tell(&eventarc::published(resource, &request.json()));
                Answer::json(200, &json!({}))
            }
            ("GET", "access") => self.access(resource),
            _ => refused(404, "NOT_FOUND"),
        }
    }

    /// `AccessSecretVersion` of the newest one.
    fn access(&self, version: &str) -> Answer {
        let values = version.strip_suffix("/versions/latest").and_then(|secret| self.secrets.get(secret));
        match values.and_then(|values| values.last()) {
            Some(value) => {
                Answer::json(200, &json!({ "name": version, "payload": { "data": BASE64_STANDARD.encode(value) } }))
            }
            None => refused(404, "NOT_FOUND"),
        }
    }

    /// Tells triggers of events.
    fn tell(&mut self, events: &[Event]) {
        for event in events {
            for trigger in &self.triggers {
                if let Some(message) = trigger.message(event) {
                    self.pubsub.put(&trigger.topic, message);
                }
            }
        }
    }
}

fn refused(code: u16, status: &str) -> Answer {
    Answer::json(code, &json!({ "error": { "code": code, "message": "no", "status": status } }))
}

/// An instant of the project's clock.
pub(crate) fn moment(micros: u64) -> String {
    format!("2026-01-31T12:00:00.{micros:06}Z")
}

/// A path as the one who sent it had it in mind.
fn decoded(path: &str) -> String {
    percent_decode_str(path).decode_utf8().unwrap().into_owned()
}

/// The project in a resource's name.
fn project_of(name: &str) -> &str {
    name.strip_prefix("projects/").and_then(|rest| rest.split('/').next()).unwrap()
}
