//! `examples/orders`, as it is deployed on AWS: orders go through the whole shop, and nothing is lost on the way.
//!
//! The binary speaks to the Runtime Interface Emulator and to moto. What a function gets is what moto delivered,
//! through the queues, topic, rules, bucket and streams of the template; only requests and the timer are made here.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value, json};

use crate::emulator::{Emulator, http_event};
use crate::setup;
use crate::stack::Stack;
use crate::story::{Answer, Chapter, Shop, Ways, orders, tell};

pub(crate) fn orders_go_through_the_shop() {
    tell(&mut Aws {
        stack: Stack::deploy(setup::orders()),
        running: BTreeMap::new(),
        past: BTreeMap::new(),
        delivered: BTreeMap::new(),
        unheard: None,
        nights: 0,
    });
}

/// The shop on AWS: a process for each function.
struct Aws {
    stack: Stack,
    /// By the function's name.
    running: BTreeMap<String, Emulator>,
    /// What processes logged that have ended.
    past: BTreeMap<String, String>,
    /// How much of a table's or a stream's each function was given.
    delivered: BTreeMap<String, usize>,
    /// The messages whose answer was lost, and which of them were to come again.
    unheard: Option<(Vec<Value>, Vec<String>)>,
    nights: u8,
}

impl Aws {
    /// Makes sure that a function has a process.
    fn start(&mut self, function: &str) -> &Emulator {
        self.running.entry(function.to_owned()).or_insert_with(|| self.stack.start(function))
    }

    fn queue(&self, queue: &str) -> String {
        self.stack.known(&format!("queue/{queue}"))
    }

    fn completed(&self, order: &Value) -> bool {
        let claim = format!("fulfil#{}", order["id"]);
        self.stack.moto.item(&self.stack.known("idempotency"), &claim)["completed"]["BOOL"] == true
    }
}

impl Shop for Aws {
    fn ways(&self) -> Ways {
        Ways { tells_each_change: true, tells_inserts: true, tells_removals: true, counts_crashes: true }
    }

    fn request(&mut self, function: &str, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let mut event = http_event(method, path);
        event["headers"]["content-type"] = "application/json".into();
        event["body"] = body.to_string().into();
        let answer = self.start(function).invoke(&event);
        let body = serde_json::from_str(answer["body"].as_str().unwrap_or_default()).unwrap_or_default();
        let status = answer["statusCode"].as_u64().and_then(|status| status.try_into().ok());
        (status.unwrap_or_else(|| panic!("no status: {answer}")), body)
    }

    fn attempt(&mut self, function: &str, answer: Answer) {
        self.start(function);
        let source = self.stack.source(function, &self.running[function]).expect("it has a queue");
        let queue = source.queue();
        let messages = self.stack.moto.receive(&queue);
        let all: Vec<String> = messages.iter().map(id).collect();
        match answer {
            Answer::Heard => source.settle(&queue, &messages, &source.deliver(&messages)),
            Answer::Lost => {
                let failed = source.deliver(&messages);
                source.settle(&queue, &messages, &all);
                self.unheard = Some((messages, failed));
            }
            Answer::Crash => source.settle(&queue, &messages, &all),
        }
    }

    fn settle(&mut self, function: &str) {
        self.start(function);
        let emulator = &self.running[function];
        let already = self.delivered.entry(function.to_owned()).or_default();
        match self.stack.source(function, emulator) {
            Some(source) => *already = source.drain(*already),
            None => {
                for event in self.stack.arrivals(function) {
                    assert_eq!(emulator.invoke(&event), Value::Null);
                }
            }
        }
    }

    fn fire(&mut self, function: &str) {
        self.nights += 1;
        let at = format!("2026-01-{:02}T02:00:00Z", self.nights);
        let input = json!({ "function": function, "scheduled_at": at, "attempt": "1" });
        assert_eq!(self.start(function).invoke(&json!({ "tusk_fn": { "timer": input } })), Value::Null);
    }

    fn record(&mut self, stream: &str, partition: &str, data: &Value) {
        assert_eq!(stream, "page-views", "functions are told of no streams, so that only the template knows this one");
        let name = self.stack.resource("PageViewsStream");
        let data = BASE64_STANDARD.encode(data.to_string());
        let record = json!({ "StreamName": name, "PartitionKey": partition, "Data": data });
        self.stack.moto.call("kinesis", "Kinesis_20131202.PutRecord", &record);
    }

    fn put_secret(&mut self, secret: &str, value: &str) {
        let input = json!({ "SecretId": self.stack.known(&format!("secret/{secret}")), "SecretString": value });
        self.stack.moto.call("secretsmanager", "secretsmanager.PutSecretValue", &input);
        for (function, emulator) in std::mem::take(&mut self.running) {
            *self.past.entry(function).or_default() += &emulator.stop();
        }
    }

    fn item(&mut self, table: &str, key: &str) -> Option<Value> {
        let item = self.stack.moto.item(&self.stack.known(&format!("table/{table}")), key);
        item.as_object().map(|fields| plain_map(fields).into())
    }

    fn object(&mut self, bucket: &str, key: &str) -> Option<String> {
        match self.stack.moto.object(&self.stack.known(&format!("bucket/{bucket}")), key) {
            Ok(content) => Some(content),
            Err(404) => None,
            Err(status) => panic!("{bucket}/{key}: {status}"),
        }
    }

    fn log(&mut self, function: &str) -> String {
        let past = self.past.get(function).cloned().unwrap_or_default();
        past + &self.running.get(function).map(Emulator::log).unwrap_or_default()
    }

    fn left(&mut self) -> Vec<String> {
        let waits = |queue: &&str| self.stack.moto.waiting(queue) > 0;
        self.stack.queues().into_iter().filter(waits).map(str::to_owned).collect()
    }

    fn after(&mut self, chapter: Chapter) {
        match chapter {
            Chapter::Placed => assert_eq!(self.stack.moto.waiting(&self.queue("orders")), 5),
            Chapter::Unheard => {
                let (messages, failed) = self.unheard.take().expect("there was an attempt");
                assert_eq!(messages.iter().map(body).collect::<Vec<_>>(), orders());
                let groups = messages.iter().map(|message| &message["Attributes"]["MessageGroupId"]);
                assert_eq!(groups.collect::<Vec<_>>(), ["Ada", "Ada", "Ada", "Ada", "Grace"]);
                assert_eq!(failed, [id(&messages[2]), id(&messages[3])], "what failed, and what waits behind it");
                assert_eq!(orders().each_ref().map(|order| self.completed(order)), [true, true, false, false, false]);
            }
            Chapter::Fulfilled => {
                assert_eq!(orders().each_ref().map(|order| self.completed(order)), [true, true, false, true, false]);
                self.look_at_dead_letters();
            }
        }
    }
}

impl Aws {
    /// Two orders are in the dead letters, as they came, with the reasons. They stay there.
    fn look_at_dead_letters(&mut self) {
        self.start("give-up");
        let source = self.stack.source("give-up", &self.running["give-up"]).expect("it has a queue");
        let queue = source.queue();
        assert_eq!(queue, self.stack.resource("FailedOrdersQueue"));
        let letters = self.stack.moto.receive(&queue);
        let [_, _, o_3, _, o_5] = orders();
        assert_eq!(letters.iter().map(body).collect::<Vec<_>>(), [o_5, o_3]);
        let expected = [
            ("Grace", "1", "there is no `moon` in this shop"),
            ("Ada", "5", "2 of `lamp` are wanted, and 1 are there"),
        ];
        for (letter, (group, attempt, reason)) in letters.iter().zip(expected) {
            let attribute = |name: &str| letter["MessageAttributes"][name]["StringValue"].as_str().unwrap_or_default();
            assert!(attribute("reason").contains(reason), "{letter}");
            assert_eq!(["function", "encoding", "attempt"].map(attribute), ["fulfil", "text", attempt]);
            assert_eq!(letter["Attributes"]["MessageGroupId"], group);
        }
        source.settle(&queue, &letters, &letters.iter().map(id).collect::<Vec<_>>());
    }
}

/// A message's body, which is JSON.
fn body(message: &Value) -> Value {
    serde_json::from_str(message["Body"].as_str().expect("a body")).expect("JSON")
}

fn id(message: &Value) -> String {
    message["MessageId"].as_str().expect("an id").to_owned()
}

/// JSON of what `DynamoDB` writes: each value is an object that names its type.
fn plain(value: &Value) -> Value {
    let [(kind, value)] = value.as_object().expect("an object").iter().collect::<Vec<_>>()[..] else {
        panic!("no value of DynamoDB: {value}")
    };
    match (kind.as_str(), value) {
        ("S" | "BOOL", value) => value.clone(),
        ("N", Value::String(number)) => serde_json::from_str(number).expect("a number"),
        ("M", Value::Object(fields)) => plain_map(fields).into(),
        _ => panic!("nothing is known of {kind}"),
    }
}

fn plain_map(fields: &Map<String, Value>) -> Map<String, Value> {
    fields.iter().map(|(name, value)| (name.clone(), plain(value))).collect()
}
