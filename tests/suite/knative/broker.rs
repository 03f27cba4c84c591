//! A broker: it takes events, and delivers each to every Trigger whose filter it passes ("Knative Eventing Data Plane Contract",
//! "Trigger filtering", "Handling Delivery Failure").
//!
//! It keeps no order, and nothing that it delivered or gave up.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

use super::{name, text};
use crate::server::{Answer, Request, serve};
use crate::support::{Connection, Response};

/// An event, which is sent in binary mode.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    attributes: BTreeMap<String, String>,
    content_type: Option<String>,
    data: Vec<u8>,
}

/// One attempt to deliver an event.
#[derive(Debug, PartialEq)]
pub(crate) struct Delivery {
    /// The Trigger; none if the event went to none of them.
    pub(crate) trigger: Option<String>,
    /// The path at which it was sent, if it was.
    pub(crate) path: String,
    /// The answer; 0 if there was none to ask.
    pub(crate) status: u16,
}

/// A Trigger.
pub(super) struct Trigger {
    name: String,
    spec: Value,
    subscriber: Destination,
    delivery: Policy,
}

/// A path of a Service.
struct Destination {
    service: String,
    path: String,
}

/// How often something is tried, and where it goes then.
struct Policy {
    retry: u64,
    dead_letters: Option<Destination>,
}

/// A broker.
pub(super) struct Broker {
    pub(super) url: String,
    pub(super) address: SocketAddr,
    pub(super) path: String,
    triggers: Vec<Trigger>,
    held: Arc<Mutex<VecDeque<Event>>>,
}

impl Event {
    pub(crate) fn new(kind: &str, source: &str, data: &str) -> Self {
        let attributes = [
            ("specversion", "1.0"),
            ("id", "83a33220-a921-460a-bec0-b3f043dcf1ff"),
            ("source", source),
            ("type", kind),
        ];
        let attributes = attributes.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let content_type = (!data.is_empty()).then(|| "application/json".to_owned());
        Self { attributes, content_type, data: data.into() }
    }

    /// The same with another attribute.
    pub(crate) fn with(mut self, attribute: &str, value: &str) -> Self {
        self.attributes.insert(attribute.to_owned(), value.to_owned());
        self
    }

    /// What somebody sent; none if it is no event.
    fn read(request: &Request) -> Option<Self> {
        let attribute = |(name, value): (&String, &String)| Some((name.strip_prefix("ce-")?.to_owned(), value.clone()));
        let attributes: BTreeMap<String, String> = request.headers.iter().filter_map(attribute).collect();
        let required = ["specversion", "id", "source", "type"];
        let is_event = required.iter().all(|name| attributes.get(*name).is_some_and(|value| !value.is_empty()));
        let content_type = request.headers.get("content-type").cloned();
        is_event.then(|| Self { attributes, content_type, data: request.body.clone() })
    }

    pub(super) fn post(&self, to: SocketAddr, path: &str) -> Response {
        let names: Vec<(String, &str)> =
            self.attributes.iter().map(|(name, value)| (format!("ce-{name}"), value.as_str())).collect();
        let mut headers: Vec<(&str, &str)> = names.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        headers.extend(self.content_type.iter().map(|kind| ("content-type", kind.as_str())));
        Connection::to(to).request("POST", path, &headers, &self.data)
    }

    /// Whether it passes a filter.
    fn passes(&self, filter: &Value) -> bool {
        let [(dialect, wanted)] = filter.as_object().unwrap().iter().collect::<Vec<_>>()[..] else {
            panic!("a filter has one dialect: {filter}")
        };
        let of_attributes = |holds: fn(&str, &str) -> bool| {
            let wanted = wanted.as_object().unwrap();
            wanted
                .iter()
                .all(|(name, wanted)| self.attributes.get(name).is_some_and(|value| holds(value, text(wanted))))
        };
        match dialect.as_str() {
            "exact" => of_attributes(|value, wanted| value == wanted),
            "prefix" => of_attributes(|value, wanted| value.starts_with(wanted)),
            "suffix" => of_attributes(|value, wanted| value.ends_with(wanted)),
            "any" => wanted.as_array().unwrap().iter().any(|filter| self.passes(filter)),
            other => panic!("nothing is known of the dialect {other}"),
        }
    }
}

impl Destination {
    fn read(destination: &Value) -> Self {
        let service = text(&destination["ref"]["name"]).to_owned();
        Self { service, path: text(&destination["uri"]).to_owned() }
    }
}

impl Policy {
    fn read(delivery: &Value) -> Self {
        let sink = delivery.get("deadLetterSink");
        Self { retry: delivery["retry"].as_u64().unwrap_or_default(), dead_letters: sink.map(Destination::read) }
    }
}

impl Trigger {
    /// A Trigger of one of these brokers, whose own delivery counts where the Trigger says nothing.
    pub(super) fn read(trigger: &Value, brokers: &[Value]) -> Self {
        let spec = trigger["spec"].clone();
        let broker = brokers.iter().find(|broker| broker["metadata"]["name"] == spec["broker"]);
        let of_broker = Policy::read(&broker.unwrap_or_else(|| panic!("no broker: {spec}"))["spec"]["delivery"]);
        let delivery = spec.get("delivery").map_or(of_broker, Policy::read);
        Self { name: name(trigger).to_owned(), subscriber: Destination::read(&spec["subscriber"]), spec, delivery }
    }

    /// `filters` count where there are any, and else whole texts of attributes, if there are any.
    fn wants(&self, event: &Event) -> bool {
        match (&self.spec["filters"], &self.spec["filter"]["attributes"]) {
            (Value::Array(filters), _) => filters.iter().all(|filter| event.passes(filter)),
            (_, Value::Null) => true,
            (_, attributes) => event.passes(&serde_json::json!({ "exact": attributes })),
        }
    }

    /// Delivers an event, and gives it to whom dead letters go if that does not help.
    fn deliver(&self, event: &Event, address: &dyn Fn(&str) -> SocketAddr, deliveries: &mut Vec<Delivery>) {
        let Some(last) = self.attempt(event, &self.subscriber, address, deliveries) else { return };
        let Some(sink) = &self.delivery.dead_letters else { return };
        let letter = event
            .clone()
            .with(
                "knativeerrordest",
                &format!("http://{}.shop.svc.cluster.local{}", self.subscriber.service, self.subscriber.path),
            )
            .with("knativeerrorcode", &last.status.to_string())
            .with("knativeerrordata", &BASE64_STANDARD.encode(&last.body));
        self.attempt(&letter, sink, address, deliveries);
    }

    /// Sends an event as often as it may be; gives the answer that it failed with.
    fn attempt(
        &self,
        event: &Event,
        to: &Destination,
        address: &dyn Fn(&str) -> SocketAddr,
        deliveries: &mut Vec<Delivery>,
    ) -> Option<Response> {
        let mut retries = 0;
        loop {
            let answer = event.post(address(&to.service), &to.path);
            let (trigger, path) = (Some(self.name.clone()), to.path.clone());
            deliveries.push(Delivery { trigger, path, status: answer.status });
            if (200..300).contains(&answer.status) {
                assert!(answer.header("ce-type").is_none(), "the answer would be an event: {answer:?}");
                return None;
            }
            // `pkg/kncloudevents/retries.go`
            let helps = answer.status >= 500 || matches!(answer.status, 404 | 408 | 409 | 429);
            if !helps || retries == self.delivery.retry {
                return Some(answer);
            }
            retries += 1;
        }
    }
}

impl Broker {
    pub(super) fn start(path: &str, triggers: Vec<Trigger>) -> Self {
        let held = Arc::<Mutex<VecDeque<Event>>>::default();
        let (taken, own) = (Arc::clone(&held), path.to_owned());
        let address = serve(move |request| {
            let status = match Event::read(request) {
                _ if request.target != own => 404,
                Some(event) => {
                    // The extension that a broker adds (`pkg/broker/ingress`).
                    let event = event.with("knativearrivaltime", "2026-01-31T12:00:00.271Z");
                    taken.lock().unwrap().push_back(event);
                    202
                }
                None => 400,
            };
            Answer { status, headers: Vec::new(), body: Vec::new() }
        });
        Self { url: format!("http://{address}{path}"), address, path: path.to_owned(), triggers, held }
    }

    pub(super) fn settle(&self, address: &dyn Fn(&str) -> SocketAddr) -> Vec<Delivery> {
        let mut deliveries = Vec::new();
        loop {
            let next = self.held.lock().unwrap().pop_front();
            let Some(event) = next else { return deliveries };
            let wanting: Vec<&Trigger> = self.triggers.iter().filter(|trigger| trigger.wants(&event)).collect();
            if wanting.is_empty() {
                deliveries.push(Delivery { trigger: None, path: String::new(), status: 0 });
            }
            for trigger in wanting {
                trigger.deliver(&event, address, &mut deliveries);
            }
        }
    }
}
