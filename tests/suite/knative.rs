//! A double of Knative, written from what its documentation and its source show: Services whose containers are processes, and what
//! brings them events. It runs what a kustomization says, and nothing else.
//!
//! - [`broker`]: what is sent to the sink, and delivered by the broker's Triggers

mod broker;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;

use serde_json::Value;
use tusk_fn_manifest::Manifest;

use self::broker::{Broker, Trigger};
pub(crate) use self::broker::{Delivery, Event};
use crate::container::listening;
use crate::support::{Connection, Program, Response, program, until};

const NAMESPACE: &str = "shop";

/// A namespace to which a kustomization was applied.
pub(crate) struct Cluster {
    services: BTreeMap<String, Service>,
    broker: Option<Broker>,
    sources: Vec<Value>,
}

/// A Service with one container.
struct Service {
    functions: Vec<String>,
    /// Whether the world can reach it.
    is_public: bool,
    program: Program,
    address: SocketAddr,
}

impl Cluster {
    /// Applies what was rendered, the image being a binary; `variables` are what whoever runs it adds to the environment.
    pub(crate) fn apply(manifest: &Manifest, binary: &Path, variables: &[(&str, &str)]) -> Self {
        let objects = objects(manifest);
        let of_kind = |kind: &str| objects.iter().filter(|it| it["kind"] == kind).cloned().collect::<Vec<_>>();
        let known = ["Broker", "PingSource", "Service", "SinkBinding", "Trigger"];
        assert!(objects.iter().all(|it| known.iter().any(|kind| it["kind"] == *kind)), "{objects:?}");
        let brokers = of_kind("Broker");
        let triggers: Vec<Trigger> = of_kind("Trigger").iter().map(|it| Trigger::read(it, &brokers)).collect();
        let broker = brokers.first().map(|broker| Broker::start(&format!("/{NAMESPACE}/{}", name(broker)), triggers));
        let bindings = of_kind("SinkBinding");
        let start = |service: &Value| {
            let is_bound = |binding: &&Value| binding["spec"]["subject"]["name"] == service["metadata"]["name"];
            let sink = bindings.iter().find(is_bound).map(|binding| {
                let broker = broker.as_ref().expect("a binding has a broker");
                assert_eq!(binding["spec"]["sink"]["ref"]["name"], brokers[0]["metadata"]["name"]);
                broker.url.clone()
            });
            (name(service).to_owned(), Service::start(service, sink.as_deref(), binary, variables))
        };
        let services = of_kind("Service").iter().map(start).collect();
        Self { services, broker, sources: of_kind("PingSource") }
    }

    /// The Service that has a function.
    fn service(&self, function: &str) -> &Service {
        let found = self.services.values().find(|it| it.functions.iter().any(|name| name == function));
        found.unwrap_or_else(|| panic!("no Service has `{function}`"))
    }

    /// A request to the Service of a function, from the world.
    pub(crate) fn request(&self, function: &str, method: &str, path: &str, body: &str) -> Response {
        let service = self.service(function);
        assert!(service.is_public, "`{function}` is reached from within the cluster only");
        Connection::to(service.address).request(method, path, &[("content-type", "application/json")], body.as_bytes())
    }

    /// Sends an event to the broker, as any other program of the cluster may.
    pub(crate) fn send(&self, event: &Event) {
        let broker = self.broker.as_ref().expect("there is a broker");
        assert_eq!(event.post(broker.address, &broker.path).status, 202);
    }

    /// Makes the broker deliver all that it was sent, also what is sent meanwhile; gives each attempt.
    pub(crate) fn settle(&self) -> Vec<Delivery> {
        let address = |service: &str| self.services[service].address;
        self.broker.as_ref().expect("there is a broker").settle(&address)
    }

    /// Lets a function's `PingSource` fire some moments after an instant of its schedule; its schedule, its zone, and the answer.
    pub(crate) fn ping(&self, function: &str, at: &str) -> (String, String, u16) {
        let path = format!("/{function}");
        let source = self.sources.iter().find(|it| it["spec"]["sink"]["uri"] == *path);
        let source = source.unwrap_or_else(|| panic!("no PingSource has the sink {path}"));
        // `pkg/adapter/mtping/runner.go`, `pkg/apis/sources/v1/ping_types.go`
        let event = Event::new(
            "dev.knative.sources.ping",
            &format!("/apis/v1/namespaces/{NAMESPACE}/pingsources/{}", name(source)),
            "",
        );
        let service = &self.services[text(&source["spec"]["sink"]["ref"]["name"])];
        let status = event.with("time", at).post(service.address, &path).status;
        let spec = |key: &str| text(&source["spec"][key]).to_owned();
        (spec("schedule"), spec("timezone"), status)
    }

    /// What the process of a function has logged.
    pub(crate) fn log(&self, function: &str) -> String {
        self.service(function).program.log()
    }

    /// Waits until a function has logged so many lines that have all of these words.
    pub(crate) fn says(&self, function: &str, words: &[&str], times: usize) {
        let has = |line: &&str| words.iter().all(|word| line.contains(word));
        until(&format!("`{function}` says {words:?} {times} times"), || {
            (self.log(function).lines().filter(has).count() == times).then_some(())
        });
    }
}

impl Service {
    fn start(service: &Value, sink: Option<&str>, binary: &Path, variables: &[(&str, &str)]) -> Self {
        let pod = &service["spec"]["template"]["spec"];
        assert!(pod.get("volumes").is_none(), "this double mounts nothing: {pod}");
        let container = &pod["containers"][0];
        let revision = format!("{}-00001", name(service));
        let mut starter = program(binary.to_str().unwrap());
        // "Knative Runtime Contract"
        for (variable, value) in
            [("K_SERVICE", name(service)), ("K_CONFIGURATION", name(service)), ("K_REVISION", &revision)]
        {
            starter = starter.env(variable, value);
        }
        // `pkg/apis/sources/v1/sinkbinding_lifecycle.go`
        if let Some(sink) = sink {
            starter = starter.env("K_SINK", sink).env("K_CE_OVERRIDES", "");
        }
        let mut functions = Vec::new();
        for variable in container["env"].as_array().expect("there is an environment") {
            if variable["name"] == "TUSK_FN" {
                functions = text(&variable["value"]).split(',').map(str::to_owned).collect();
            }
            starter = starter.env(text(&variable["name"]), text(&variable["value"]));
        }
        for (variable, value) in variables {
            starter = starter.env(variable, value);
        }
        let mut program = starter.start();
        let address = listening(&mut program);
        let visibility = &service["metadata"]["labels"]["networking.knative.dev/visibility"];
        Self { functions, is_public: visibility != "cluster-local", program, address }
    }
}

/// What a kustomization lists.
fn objects(manifest: &Manifest) -> Vec<Value> {
    let file = |path: &str| {
        let found = manifest.files.iter().find(|file| file.path == path);
        &*found.unwrap_or_else(|| panic!("there is no {path}")).contents
    };
    let kustomization: Value = serde_saphyr::from_str(file("kustomization.yaml")).unwrap();
    let files = kustomization["resources"].as_array().unwrap().iter().map(|path| file(text(path)));
    let documents = files.flat_map(|file| file.split("\n---\n"));
    documents.map(|document| serde_saphyr::from_str(document).unwrap()).collect()
}

/// The name of an object.
fn name(object: &Value) -> &str {
    text(&object["metadata"]["name"])
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}
