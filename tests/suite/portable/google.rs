//! The shop on Google Cloud Run: what is rendered for it is deployed to a double of a project, and what the double sends comes to
//! the services.

use std::path::PathBuf;

use serde_json::Value;
use tusk_fn::FunctionRecord;
use tusk_fn_manifest::{Project, render};
use tusk_fn_spec::provider::Target;
use tusk_fn_spec::trigger::Trigger;
use tusk_fn_spec::trigger::http::Auth;

use super::orders;
use crate::google::deployment::{self, Deployment, Job};
use crate::google::pubsub::Pushed;
use crate::google::run::Service;
use crate::google::{Google, eventarc};
use crate::shop::{Answer, Chapter, Shop, Ways};

/// A deployed shop.
pub(super) struct CloudRun {
    google: Google,
    deployment: Deployment,
    services: Vec<Service>,
    functions: Vec<FunctionRecord>,
    /// For how many nights the shop has been open.
    nights: u32,
    _folder: tempfile::TempDir,
}

impl CloudRun {
    pub(super) fn deploy((binary, project): (PathBuf, Project)) -> Self {
        let (google, folder) = (Google::new(), tempfile::tempdir().unwrap());
        let manifest = render(&project, Target::Google).unwrap();
        let deployment = Deployment::run(&manifest, folder.path(), &mut google.services());
        let start = |service| Service::start(service, binary.clone(), &google);
        let services = deployment.services.iter().map(start).collect();
        Self { services, google, deployment, functions: project.functions, nights: 0, _folder: folder }
    }

    /// The service that has a function.
    fn service(&self, function: &str) -> &Service {
        let has = |service: &&Service| service.variable("TUSK_FN").unwrap().split(',').any(|name| name == function);
        self.services.iter().find(has).unwrap_or_else(|| panic!("no service has {function}"))
    }

    fn trigger(&self, function: &str) -> &Trigger {
        &self.functions.iter().find(|record| record.name == function).unwrap().trigger
    }

    /// What a resource is called, as the services are told.
    fn physical(&self, resource: &str) -> String {
        let named = |service: &Service| {
            let names: Value = serde_json::from_str(service.variable("TUSK_FN_RESOURCES")?).unwrap();
            names[resource].as_str().map(str::to_owned)
        };
        self.services.iter().find_map(named).unwrap_or_else(|| panic!("no service is told of {resource}"))
    }

    /// Whether a URL is that of a function: the service takes its name as the path.
    fn leads_to(&self, url: &str, function: &str) -> bool {
        let path = self.service(function).path_of(url);
        path.is_some_and(|path| path.split('?').next() == Some(&format!("/{function}")))
    }

    /// The subscriptions that push to a function.
    fn subscriptions(&self, function: &str) -> Vec<String> {
        let to =
            |(name, target): (&String, &deployment::Target)| self.leads_to(&target.url, function).then(|| name.clone());
        self.deployment.pushes.iter().filter_map(to).collect()
    }

    /// Sends a message to the service: the status.
    fn push(&self, function: &str, subscription: &str, pushed: &Pushed) -> u16 {
        if let Trigger::Topic(topic) = self.trigger(function) {
            // The program would look again, and drop what it was not to get.
            let wants = topic.filter.iter().all(|condition| condition.holds(&pushed.message.attributes));
            assert!(wants, "{subscription} lets through what {function} does not want: {pushed:?}");
        }
        let target = &self.deployment.pushes[subscription];
        let service = self.service(function);
        if !target.url.ends_with("?__GCP_CloudEventsMode=CE_PUBSUB_BINDING") {
            let headers = [("user-agent", "CloudPubSub-Google"), ("content-type", "application/json")];
            let body = pushed.wrapped(subscription).to_string();
            return service.event(target, &headers, body.as_bytes());
        }
        let (headers, body) = eventarc::binary(pushed);
        let agent = "APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)";
        let mut headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        headers.push(("user-agent", agent));
        service.event(target, &headers, &body)
    }

    /// Pushes once what is outstanding: whether there was anything.
    fn round(&self, function: &str, answer: Answer) -> bool {
        let subscriptions = self.subscriptions(function);
        assert!(!subscriptions.is_empty(), "nothing is pushed to {function}");
        let mut some = false;
        for subscription in subscriptions {
            let outstanding = self.google.services().pubsub.outstanding(&subscription);
            for pushed in outstanding {
                some = true;
                let status = match answer {
                    Answer::Heard => Some(self.push(function, &subscription, &pushed)),
                    Answer::Lost => {
                        self.push(function, &subscription, &pushed);
                        None
                    }
                    // What Cloud Run answers for an instance that ended.
                    Answer::Crash => Some(503),
                };
                self.google.services().answered(&subscription, &pushed.message.id, status);
            }
        }
        some
    }

    /// Lets the next instant of a timer come: the statuses of its attempts.
    fn tick(&mut self, function: &str) -> Vec<u16> {
        self.nights += 1;
        let of = |job: &&Job| self.leads_to(&job.target.url, function);
        let job = self.deployment.jobs.iter().find(of).unwrap_or_else(|| panic!("no job runs {function}"));
        let [minute, hour, "*", "*", "*"] = job.schedule.split(' ').collect::<Vec<_>>()[..] else {
            panic!("this double reads no such schedule: {}", job.schedule)
        };
        assert_eq!(job.zone, "UTC", "this double knows no other zone");
        let at = format!("2026-02-{:02}T{hour:0>2}:{minute:0>2}:00Z", self.nights);
        let headers = [
            ("user-agent", "Google-Cloud-Scheduler"),
            ("x-cloudscheduler", "true"),
            ("x-cloudscheduler-jobname", &*job.name),
            ("x-cloudscheduler-scheduletime", &*at),
        ];
        let service = self.service(function);
        let mut statuses = Vec::new();
        for _ in 0..job.attempts {
            statuses.push(service.event(&job.target, &headers, b""));
            if statuses.last().is_some_and(|status| (200..300).contains(status)) {
                break;
            }
        }
        statuses
    }
}

impl Shop for CloudRun {
    fn ways(&self) -> Ways {
        Ways { tells_each_change: true, tells_inserts: true, tells_removals: true, counts_crashes: true }
    }

    fn request(&mut self, function: &str, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let Trigger::Http(http) = self.trigger(function) else { panic!("{function} answers no requests") };
        let service = self.service(function);
        let is_public = http.auth == Auth::Public;
        assert_eq!(service.is_public(), is_public, "who may call {function}");
        let (body, headers) = (body.to_string(), [("content-type", "application/json")]);
        let send = if is_public { Service::request } else { Service::forward };
        let response = send(service, method, path, &headers, body.as_bytes());
        (response.status, serde_json::from_slice(&response.body).unwrap_or(Value::Null))
    }

    fn attempt(&mut self, function: &str, answer: Answer) {
        self.round(function, answer);
    }

    fn settle(&mut self, function: &str) {
        let mut rounds = 0;
        while self.round(function, Answer::Heard) {
            rounds += 1;
            assert!(rounds < 100, "what waits for {function} is never given up");
        }
    }

    fn fire(&mut self, function: &str) {
        self.tick(function);
    }

    fn record(&mut self, stream: &str, partition: &str, data: &Value) {
        let reads = |it: &&FunctionRecord| matches!(&it.trigger, Trigger::Stream(trigger) if trigger.stream == stream);
        let reader = self.functions.iter().find(reads).unwrap();
        let subscription = &self.subscriptions(&reader.name)[0];
        let mut services = self.google.services();
        let topic = services.pubsub.subscriptions[subscription].topic.clone();
        services.publish(&topic, partition, data.to_string().as_bytes());
    }

    fn put_secret(&mut self, secret: &str, value: &str) {
        let name = self.physical(&format!("secret/{secret}"));
        self.google.services().secrets.get_mut(&name).unwrap().push(value.to_owned());
        for service in &mut self.services {
            service.replace();
        }
    }

    fn item(&mut self, table: &str, key: &str) -> Option<Value> {
        let name = format!("{}/{key}", self.physical(&format!("table/{table}")));
        self.google.services().firestore.plain(&name)
    }

    fn object(&mut self, bucket: &str, key: &str) -> Option<String> {
        let bucket = self.physical(&format!("bucket/{bucket}"));
        let services = self.google.services();
        services.storage.content(&bucket, key).map(|content| String::from_utf8(content.to_vec()).unwrap())
    }

    fn log(&mut self, function: &str) -> String {
        self.service(function).log()
    }

    fn after(&mut self, chapter: Chapter) {
        let subscription = &self.subscriptions("fulfil")[0];
        let services = self.google.services();
        let pubsub = &services.pubsub;
        let there = &pubsub.subscriptions[subscription];
        let (dead_letters, attempts) = there.dead_letters.clone().unwrap();
        let of = |topic: &str| {
            pubsub.published.iter().filter(|(name, _)| name == topic).map(|(_, it)| it).collect::<Vec<_>>()
        };
        let (placed, dead) = (of(&there.topic), of(&dead_letters));
        match chapter {
            Chapter::Placed => {
                let keys: Vec<&str> = placed.iter().map(|message| message.ordering_key.as_str()).collect();
                assert_eq!((there.ordered, keys), (true, vec!["Ada", "Ada", "Ada", "Ada", "Grace"]));
            }
            // Each customer's first order; the others wait behind it.
            Chapter::Unheard => {
                let outstanding = pubsub.outstanding(subscription);
                let second = outstanding.iter().map(|pushed| (&*pushed.message.id, pushed.attempt));
                assert_eq!(second.collect::<Vec<_>>(), [0, 4].map(|at| (&*placed[at].id, Some(2))));
            }
            // What is rejected comes again as often as what fails. It is as it was, under an id of its own.
            Chapter::Fulfilled => {
                assert_eq!(dead.len(), 2, "{dead:?}");
                for (letter, original) in dead.iter().zip([4, 2].map(|at| &placed[at])) {
                    assert_eq!((&letter.data, &letter.ordering_key), (&original.data, &original.ordering_key));
                    let tells = |name: &str| &*letter.attributes[&format!("CloudPubSubDeadLetterSource{name}")];
                    assert_eq!((tells("DeliveryCount"), attempts), ("5", 5));
                    assert_eq!(tells("TopicPublishTime"), original.published);
                }
            }
        }
    }

    fn left(&mut self) -> Vec<String> {
        self.google.services().pubsub.waited_for().map(str::to_owned).collect()
    }
}

/// The verdict on a timer.
#[test]
fn an_instant_that_fails_three_times_is_lost_on_google() {
    let mut shop = CloudRun::deploy(orders());
    let grants = std::mem::take(&mut shop.google.services().grants);
    assert_eq!(shop.tick("report"), [500, 500, 500], "its account may not read the table");
    shop.google.services().grants = grants;
    assert_eq!((shop.tick("report"), shop.left()), (vec![202], Vec::new()));
}
