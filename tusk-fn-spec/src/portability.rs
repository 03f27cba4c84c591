//! What becomes of a function on each platform: exactly what the source says, something near it, or nothing.
//!
//! What a platform has not is said, never imitated in silence. A function that lists `targets` does not compile if one of them
//! cannot run it; `cargo tusk check` shows the verdicts of all.

use std::cmp::Reverse;

use jiff::Timestamp;

use crate::filter::{self, Wildcard};
use crate::limits;
use crate::output::OutputKind;
use crate::provider::Target;
use crate::record::FunctionRecord;
use crate::route::Segment;
use crate::schedule::{Proof, UnsupportedKind, zone};
use crate::trigger::Trigger;
use crate::trigger::blob::BlobEvent;
use crate::trigger::database::{ChangeEvent, Database};
use crate::trigger::http::Auth;
use crate::trigger::queue::{DEFAULT_BATCH, Delivery, Queue};
use crate::trigger::stream::DEFAULT_BATCH as DEFAULT_RECORDS;
use crate::trigger::timer::Timer;
use crate::trigger::topic::Topic;

/// What Azure's host knows of an app and not of a function.
const OF_THE_APP: &str = "the functions of an app have one number: the least that one of them asks for";

/// How a platform keeps what the source says, from the best to the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// As the source says.
    Exact,
    /// Nearly: each reason says what differs.
    Emulated,
    /// Not at all.
    Impossible,
}

impl Standing {
    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Emulated => "emulated",
            Self::Impossible => "impossible",
        }
    }
}

/// Why a platform does not keep exactly what the source says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// What it amounts to: emulated or impossible.
    pub standing: Standing,
    /// The attribute's key that it is about.
    pub key: &'static str,
    /// What differs, as a sentence without its full stop.
    pub text: String,
    /// What to type instead, if anything.
    pub help: Option<String>,
}

/// What becomes of a function on a platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The platform.
    pub target: Target,
    /// Why it is not exact. The worst first.
    pub reasons: Vec<Reason>,
}

impl Verdict {
    /// Of a function on a platform. It does not ask whether the function lists the platform.
    ///
    /// A timer's schedule is compared with what the platform makes of it, over five years from an instant on: that may take a
    /// tenth of a second.
    pub fn of(record: &FunctionRecord, target: Target, from: Timestamp) -> Self {
        let mut reasons = Reasons { target, found: Vec::new() };
        for limit in limits::exceeded(record, target) {
            reasons.impossible(limit.key(), limit.message(), Some(limit.help()));
        }
        reasons.all(record);
        if let Trigger::Timer(timer) = &record.trigger {
            reasons.proof(timer, from);
        }
        let mut reasons = reasons.found;
        reasons.sort_by_key(|reason| Reverse(reason.standing));
        Self { target, reasons }
    }

    /// The worst of its reasons.
    pub fn standing(&self) -> Standing {
        self.reasons.iter().map(|reason| reason.standing).max().unwrap_or(Standing::Exact)
    }
}

/// The memory of an instance on Azure that is enough for so much, in bytes, if one is: "Flex Consumption plan hosting".
pub fn flex_memory(asked: u64) -> Option<u64> {
    [512, 2048, 4096].into_iter().map(|size| size * limits::MEGABYTE).find(|size| *size >= asked)
}

/// Why a platform cannot run a function, apart from the [limits] that it exceeds.
pub fn impossible(record: &FunctionRecord, target: Target) -> Vec<Reason> {
    let mut reasons = Reasons { target, found: Vec::new() };
    reasons.all(record);
    reasons.found.retain(|reason| reason.standing == Standing::Impossible);
    reasons.found
}

/// Why a platform cannot invoke a function with this trigger at all.
pub fn uninvokable(trigger: &Trigger, target: Target) -> Vec<Reason> {
    let mut reasons = Reasons { target, found: Vec::new() };
    reasons.trigger(trigger);
    reasons.found.retain(|reason| reason.standing == Standing::Impossible);
    reasons.found
}

/// Reasons as they are found.
struct Reasons {
    target: Target,
    found: Vec<Reason>,
}

impl Reasons {
    fn all(&mut self, record: &FunctionRecord) {
        self.trigger(&record.trigger);
        self.memory(record);
        self.outputs(record);
        if self.target == Target::Google {
            self.on_google(record);
        }
    }

    /// Where an instance has one of a few sizes.
    fn memory(&mut self, record: &FunctionRecord) {
        if self.target != Target::Azure {
            return;
        }
        let Some(asked) = record.memory else { return };
        // More than the largest was refused by the limits.
        if let Some(size) = flex_memory(asked).filter(|size| *size != asked) {
            let size = size / limits::MEGABYTE;
            self.emulated("memory", format!("an instance has 512, 2048 or 4096 MB: it runs with {size} MB or more"));
        }
    }

    fn emulated(&mut self, key: &'static str, text: impl Into<String>) {
        self.found.push(Reason { standing: Standing::Emulated, key, text: text.into(), help: None });
    }

    fn impossible(&mut self, key: &'static str, text: impl Into<String>, help: Option<String>) {
        self.found.push(Reason { standing: Standing::Impossible, key, text: text.into(), help });
    }

    fn trigger(&mut self, trigger: &Trigger) {
        match trigger {
            Trigger::Http(http) => {
                if self.target == Target::Knative && http.auth == Auth::Platform {
                    self.emulated(
                        "auth",
                        "who is in the cluster can call it: Knative limits reachability, and asks for no credential",
                    );
                }
            }
            Trigger::Timer(timer) => self.timer(timer),
            Trigger::Blob(blob) => {
                if self.target == Target::Google && blob.events.contains(&BlobEvent::Deleted) {
                    self.emulated("events", "writing over an object is told as its deletion, too");
                }
                if self.target == Target::Knative {
                    self.emulated(
                        "path",
                        "Knative has no buckets: somebody must send the events `tusk-fn.blob.created` and `.deleted`",
                    );
                } else {
                    self.rejection();
                }
            }
            Trigger::Queue(queue) => self.queue(queue),
            Trigger::Topic(topic) => {
                self.broker("topic");
                self.rejection();
                self.one_by_one(topic.delivery);
                let unfiltered = match self.target {
                    Target::Knative => !topic.filter.is_empty(),
                    Target::Google => filter::for_pubsub(&topic.filter).is_none(),
                    Target::Aws | Target::Azure => false,
                };
                if unfiltered {
                    self.emulated(
                        "filter",
                        "every message is delivered, and the function's process drops those that it does not want",
                    );
                }
            }
            Trigger::Database(database) => self.database(database),
            Trigger::Stream(stream) => match self.target {
                Target::Aws => self.rejection(),
                Target::Azure => {
                    self.feed();
                    if stream.batch_size != DEFAULT_RECORDS {
                        self.emulated("batch_size", OF_THE_APP);
                    }
                }
                Target::Google => {
                    self.emulated(
                        "stream",
                        "Pub/Sub keeps order for each key, but no position that a function could begin from",
                    );
                    self.rejection();
                }
                Target::Knative => {
                    self.emulated(
                        "stream",
                        "only Kafka, behind the broker or as a source, keeps the order of a partition",
                    );
                }
            },
            Trigger::Event(_) => {
                self.broker("type");
                self.rejection();
            }
        }
    }

    fn timer(&mut self, timer: &Timer) {
        // A zone that is none was refused when the record was read.
        if let Ok(zone) = zone(&timer.zone)
            && let Err(error) = timer.schedule.render_for(self.target, &zone)
        {
            let key = if matches!(error.kind, UnsupportedKind::Zone { .. }) { "tz" } else { "schedule" };
            self.impossible(key, error.message(), error.help());
        }
        match self.target {
            // The schedule has a queue for what failed.
            Target::Aws => {}
            Target::Azure => {
                self.emulated(
                    "schedule",
                    "an instant that fails three times is lost: the host keeps no dead letters of it",
                );
            }
            Target::Google => {
                let text = "an instant that fails three times is lost: Cloud Scheduler keeps no dead letters of it";
                self.emulated("schedule", text);
            }
            Target::Knative => self.emulated(
                "schedule",
                "a PingSource gives an instant up after six attempts within seconds, and it is lost",
            ),
        }
    }

    /// Where the platform fires at other instants than the schedule.
    fn proof(&mut self, timer: &Timer, from: Timestamp) {
        let Ok(zone) = zone(&timer.zone) else { return };
        let Ok(text) = timer.schedule.render_for(self.target, &zone) else { return };
        match timer.schedule.prove(self.target, &text, &zone, from) {
            Ok(Proof::Exact) => {}
            Ok(Proof::Differs { first }) => self.emulated("schedule", first.to_string()),
            Err(error) => self.impossible("schedule", error.to_string(), None),
        }
    }

    /// What every function of an event source has in common: what becomes of a rejected item.
    fn rejection(&mut self) {
        match self.target {
            Target::Aws => self.emulated(
                "trigger",
                "a rejected item is sent to the dead letters by the program, and acknowledged then: it may be there twice",
            ),
            Target::Azure | Target::Google => self.emulated(
                "trigger",
                "a rejected item comes again until its attempts are used up, and is dead-lettered then",
            ),
            // A status that the dispatcher does not repeat.
            Target::Knative => self.emulated(
                "trigger",
                "a rejected item goes to the dead-letter sink at once, and is lost where the trigger and the broker have none",
            ),
        }
    }

    /// What a feed has on Azure: it goes on whatever becomes of an item.
    fn feed(&mut self) {
        self.emulated(
            "trigger",
            "an item that fails or is rejected is lost after the retries of its retry policy: Azure keeps no dead letters of it",
        );
    }

    fn broker(&mut self, key: &'static str) {
        if self.target == Target::Knative {
            self.emulated(
                key,
                "what the broker has accepted survives a restart only if its channel does: an in-memory one loses it",
            );
            self.emulated(key, "every attempt is told as the first");
        }
    }

    fn queue(&mut self, queue: &Queue) {
        self.broker("queue");
        self.rejection();
        if queue.ordered && self.target == Target::Knative {
            let help = "leave `ordered` out, or list other `targets`".to_owned();
            self.impossible("ordered", "a Knative broker keeps no order of groups", Some(help));
        }
        self.one_by_one(queue.delivery);
    }

    /// Where messages do not come in batches.
    fn one_by_one(&mut self, delivery: Delivery) {
        let why = match self.target {
            Target::Google => "Pub/Sub pushes messages one by one",
            Target::Knative => "a broker delivers messages one by one",
            // A failed invocation would bring back what went well of a batch, and count it as an attempt.
            Target::Azure => "messages are taken one by one",
            Target::Aws => return,
        };
        if delivery.batch_size != DEFAULT_BATCH {
            self.emulated("batch_size", format!("{why}: a `Batch` has one"));
        }
        if self.target == Target::Azure && delivery.concurrency != DEFAULT_BATCH {
            self.emulated(
                "concurrency",
                "the functions of an app have one number: the least that one of them asks for",
            );
        }
    }

    fn database(&mut self, database: &Database) {
        let wants = |event: ChangeEvent| database.events.contains(&event);
        match self.target {
            Target::Aws | Target::Google => self.rejection(),
            Target::Azure => {
                if wants(ChangeEvent::Insert) && wants(ChangeEvent::Modify) {
                    let text = if wants(ChangeEvent::Remove) {
                        "the change feed of Cosmos DB does not tell what was removed, nor inserts from modifications: each is an \
                         `Upsert`"
                    } else {
                        "the change feed of Cosmos DB does not tell inserts from modifications: each is an `Upsert`"
                    };
                    self.emulated("events", text);
                } else {
                    let text = if wants(ChangeEvent::Insert) || wants(ChangeEvent::Modify) {
                        "the change feed of Cosmos DB does not tell inserts from modifications"
                    } else {
                        "the change feed of Cosmos DB does not tell what was removed"
                    };
                    let help = "write `events = [\"insert\", \"modify\"]`, or list other `targets`".to_owned();
                    self.impossible("events", text, Some(help));
                }
                self.feed();
            }
            Target::Knative => {
                self.emulated(
                    "table",
                    "Knative has no tables: somebody must send the events `tusk-fn.database.insert` and its kind",
                );
            }
        }
    }

    /// What Google's services ask for that a function is deployed to, apart from how they call it.
    fn on_google(&mut self, record: &FunctionRecord) {
        if record.memory.is_some() {
            self.emulated(
                "memory",
                "the functions of a Cloud Run service share its memory: the most that one asks for, and 512MB at least",
            );
        }
        self.path_on_google(record);
        match &record.trigger {
            Trigger::Queue(Queue { delivery, .. }) | Trigger::Topic(Topic { delivery, .. })
                if delivery.concurrency != DEFAULT_BATCH =>
            {
                self.emulated(
                    "concurrency",
                    "the functions of a Cloud Run service share one limit: the lowest that one sets",
                );
            }
            Trigger::Event(event) if matches!(event.event_type, Wildcard::Prefix(_)) => {
                let help = "write the whole type, or list other `targets`".to_owned();
                self.impossible("type", "a trigger of Eventarc is for events of exactly one type", Some(help));
            }
            Trigger::Database(database) => self.firestore("table", &database.table),
            _ => {}
        }
        for output in record.outputs.iter().filter(|output| output.kind == OutputKind::Table) {
            self.firestore("trigger", &output.name);
        }
    }

    /// The paths that Cloud Run keeps to itself ("Known issues in Cloud Run", "Reserved URL paths"). An event comes at the path of its
    /// function's name.
    fn path_on_google(&mut self, record: &FunctionRecord) {
        let literal = |segment: &Segment| match segment {
            Segment::Literal(text) => Some(text.clone()),
            Segment::Parameter(_) | Segment::Optional(_) | Segment::Rest(_) => None,
        };
        let (key, paths): (_, Vec<Vec<Option<String>>>) = match &record.trigger {
            Trigger::Http(http) => {
                let variants = http.route.variants();
                ("route", variants.iter().map(|route| route.segments().iter().map(literal).collect()).collect())
            }
            _ => ("name", vec![vec![Some(record.name.clone())]]),
        };
        let begins = |path: &[Option<String>], with: &str| path.first().is_some_and(|it| it.as_deref() == Some(with));
        if paths.iter().any(|path| begins(path, "_ah") || (path.len() == 1 && begins(path, "eventlog"))) {
            let help = format!("give it another `{key}`, or list other `targets`");
            self.impossible(key, "Cloud Run keeps the paths `/eventlog` and `/_ah/…` to itself", Some(help));
        }
        if paths.iter().any(|path| path.last().is_some_and(|it| it.as_ref().is_some_and(|text| text.ends_with('z')))) {
            self.emulated(
                key,
                "Cloud Run keeps some paths that end in `z` to itself, such as `/healthz`, and does not say which others",
            );
        }
    }

    /// The names of databases that Firestore takes ("Create and manage databases").
    fn firestore(&mut self, key: &'static str, table: &str) {
        const SHORTEST: usize = 4;
        let Some((database, _)) = table.split_once('/').filter(|(database, _)| database.len() < SHORTEST) else {
            return;
        };
        let text = format!(
            "a database of Firestore has a name of {SHORTEST} characters or more, and `{database}` has {}",
            database.len()
        );
        let help = "give the database a longer name, or list other `targets`".to_owned();
        self.impossible(key, text, Some(help));
    }

    fn outputs(&mut self, record: &FunctionRecord) {
        match self.target {
            Target::Aws => {}
            Target::Azure => self.outputs_on_azure(record),
            Target::Google => self.outputs_on_google(record),
            Target::Knative => self.outputs_of_knative(record),
        }
        if self.target == Target::Knative && record.idempotent.is_some() {
            self.emulated("idempotent", "Knative has no table to remember deliveries in: give the program a store");
        }
    }

    fn outputs_on_azure(&mut self, record: &FunctionRecord) {
        let has = |kinds: &[OutputKind]| record.outputs.iter().any(|output| kinds.contains(&output.kind));
        if has(&[OutputKind::Queue, OutputKind::Topic]) {
            self.emulated("trigger", "a message that is sent has at most 256 KB, as Service Bus takes it");
        }
        if has(&[OutputKind::Queue]) {
            self.emulated(
                "trigger",
                "a deduplication id has an effect where the queue detects duplicates, for as long as it is told to",
            );
        }
        if has(&[OutputKind::Table]) {
            self.emulated(
                "trigger",
                "a table's item has no whole numbers beyond 2^53: Cosmos DB, which would round them, is not given such an item",
            );
            self.emulated(
                "trigger",
                "a read of a table sees all earlier writes where the account's default consistency is strong, as manifests have it",
            );
        }
    }

    fn outputs_on_google(&mut self, record: &FunctionRecord) {
        let writes = |kind| record.outputs.iter().any(|output| output.kind == kind && output.access.writes());
        if writes(OutputKind::Queue) {
            self.emulated(
                "trigger",
                "Pub/Sub delays no messages, and one with `delay` is refused; two with one `deduplication_id` are both delivered, and \
                 a function that is `idempotent` runs for the first",
            );
        }
        if writes(OutputKind::Table) {
            self.emulated(
                "trigger",
                "Firestore takes no list directly in a list, and no whole number beyond 64 bits with a sign: an item that has \
                 one is refused",
            );
        }
    }

    /// What is sent goes through the broker, and a secret is a file. There is nothing to store in.
    fn outputs_of_knative(&mut self, record: &FunctionRecord) {
        for output in &record.outputs {
            match output.kind {
                OutputKind::Table | OutputKind::Bucket => {
                    let text = format!("Knative has no {}s, as {output} would be", output.kind.name());
                    self.impossible("trigger", text, Some("list other `targets`".to_owned()));
                }
                OutputKind::Queue => self.emulated(
                    "trigger",
                    format!(
                        "{output} is the broker: a message is lost if no function receives it when it is sent, and cannot be \
                         delayed; its attributes have names of 1 to 20 small letters and digits"
                    ),
                ),
                OutputKind::Topic => self.emulated(
                    "trigger",
                    format!("attributes of a message of {output} have names of 1 to 20 small letters and digits"),
                ),
                OutputKind::Event | OutputKind::Secret => {}
            }
        }
        if record.outputs.iter().any(|it| matches!(it.kind, OutputKind::Queue | OutputKind::Topic | OutputKind::Event))
        {
            self.emulated(
                "trigger",
                "what is sent is as durable as the broker's channel: an in-memory one loses it when it restarts",
            );
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed expectation is a failed test")]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn record(trigger: &Value, more: Value) -> FunctionRecord {
        let source = json!({"package": "shop", "module": "shop", "function": "f", "file": "lib.rs", "line": 1});
        let mut record = json!({"v": 1, "name": "f", "trigger": trigger, "source": source});
        let Value::Object(more) = more else { panic!("an object") };
        record.as_object_mut().unwrap().extend(more);
        FunctionRecord::from_json(record.to_string().as_bytes()).unwrap()
    }

    fn from() -> Timestamp {
        "2026-01-01T00:00:00Z".parse().unwrap()
    }

    /// The standings on AWS, Azure, Google and Knative, a letter for each.
    fn standings(record: &FunctionRecord) -> String {
        let letter = |target| match Verdict::of(record, target, from()).standing() {
            Standing::Exact => 'e',
            Standing::Emulated => 'm',
            Standing::Impossible => 'i',
        };
        Target::ALL.into_iter().map(letter).collect()
    }

    #[test]
    fn each_kind_of_trigger_has_its_verdicts() {
        let http = |auth: &str| json!({"kind": "http", "route": "a", "methods": ["GET"], "auth": auth});
        let queue = |more: Value| {
            let mut queue = json!({"kind": "queue", "queue": "q"});
            queue.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            queue
        };
        let database = |events: &[&str]| json!({"kind": "database", "table": "t", "events": events});
        for (trigger, expected) in [
            (http("public"), "eeee"),
            (http("platform"), "eeem"),
            (http("admin"), "ieii"),
            (json!({"kind": "timer", "schedule": "0 0 * * * *"}), "emmm"),
            (json!({"kind": "timer", "schedule": "*/10 * * * * *"}), "imim"),
            (json!({"kind": "timer", "schedule": "0 30 2 * * *", "tz": "Europe/Berlin"}), "mimm"),
            (json!({"kind": "blob", "path": "b/a", "events": ["created"]}), "mmmm"),
            (queue(json!({})), "mmmm"),
            (queue(json!({"ordered": true})), "mmmi"),
            (queue(json!({"max_attempts": 3})), "mmim"),
            (queue(json!({"batch_size": 1})), "mmmm"),
            (json!({"kind": "topic", "topic": "t"}), "mmmm"),
            (database(&["insert", "modify"]), "mmmm"),
            (database(&["insert"]), "mimm"),
            (database(&["modify", "remove"]), "mimm"),
            (database(&["remove"]), "mimm"),
            (database(&["insert", "modify", "remove"]), "mmmm"),
            (json!({"kind": "stream", "stream": "s"}), "mmmm"),
            (json!({"kind": "event", "type": "t"}), "mmmm"),
        ] {
            assert_eq!(standings(&record(&trigger, json!({}))), expected, "{trigger}");
        }
    }

    #[test]
    fn cloud_run_keeps_some_paths_to_itself() {
        let http = |route: &str| json!({"kind": "http", "route": route, "methods": ["GET"], "auth": "public"});
        for (route, expected) in [
            ("eventlog", "eeie"),
            ("eventlog/<id?>", "eeie"),
            ("eventlog/<id>", "eeee"),
            ("_ah/warmup", "eeie"),
            ("healthz", "eeme"),
            ("a/quiz", "eeme"),
            ("quiz/<id>", "eeee"),
            ("<path..>", "eeee"),
            ("/", "eeee"),
        ] {
            assert_eq!(standings(&record(&http(route), json!({}))), expected, "{route}");
        }
        let named = |name: &str| record(&json!({"kind": "queue", "queue": "q"}), json!({ "name": name }));
        assert_eq!(standings(&named("eventlog")), "mmim");
        let reasons = impossible(&named("eventlog"), Target::Google);
        assert_eq!((reasons[0].key, reasons.len()), ("name", 1));
        let verdict = Verdict::of(&named("quiz"), Target::Google, from());
        assert!(verdict.reasons.iter().any(|reason| reason.text.contains("end in `z`")), "{verdict:?}");
        assert!(impossible(&named("quiz"), Target::Google).is_empty());
    }

    #[test]
    fn each_kind_of_output_has_its_verdicts() {
        let http = json!({"kind": "http", "route": "a", "methods": ["GET"], "auth": "public"});
        for (kind, access, expected) in [
            ("queue", "write", "emmm"),
            ("topic", "write", "emem"),
            ("event", "write", "eeem"),
            ("table", "all", "emmi"),
            ("table", "write", "emmi"),
            ("table", "read", "emei"),
            ("bucket", "all", "eeei"),
            ("secret", "read", "eeee"),
        ] {
            let outputs = json!([{"kind": kind, "name": "n", "access": access}]);
            assert_eq!(standings(&record(&http, json!({"outputs": outputs}))), expected, "{kind} {access}");
        }
        assert_eq!(standings(&record(&http, json!({"idempotent": "delivery"}))), "eeem");
    }

    #[test]
    fn google_is_told_from_the_others_where_its_services_differ() {
        let event = |kind: &str| json!({"kind": "event", "type": kind});
        let table = |name: &str| json!({"outputs": [{"kind": "table", "name": name}]});
        let topic = |filter: &str| json!({"kind": "topic", "topic": "t", "filter": [filter]});
        let slow = json!({"kind": "queue", "queue": "q", "concurrency": 2});
        for (trigger, more, key, standing) in [
            (event("com.example.*"), json!({}), "type", Some(Standing::Impossible)),
            (event("com.example.a"), json!({}), "type", None),
            (event("a"), table("abc/stock"), "trigger", Some(Standing::Impossible)),
            (event("a"), table("abcd/stock"), "trigger", Some(Standing::Emulated)),
            (
                json!({"kind": "database", "table": "a/b", "events": ["insert"]}),
                json!({}),
                "table",
                Some(Standing::Impossible),
            ),
            (json!({"kind": "database", "table": "b", "events": ["insert"]}), json!({}), "table", None),
            (topic("a = b"), json!({}), "filter", None),
            (topic(&format!("a = {}", "b".repeat(250))), json!({}), "filter", Some(Standing::Emulated)),
            (event("a"), json!({"memory": 268_435_456}), "memory", Some(Standing::Emulated)),
            (event("a"), json!({}), "memory", None),
            (slow, json!({}), "concurrency", Some(Standing::Emulated)),
            (event("a"), json!({"idempotent": "delivery"}), "idempotent", None),
        ] {
            let verdict = Verdict::of(&record(&trigger, more.clone()), Target::Google, from());
            let found = verdict.reasons.iter().find(|reason| reason.key == key).map(|reason| reason.standing);
            assert_eq!(found, standing, "{trigger} {more}");
        }
        let wildcard: Trigger = serde_json::from_value(event("com.example.*")).unwrap();
        assert_eq!(uninvokable(&wildcard, Target::Google), [], "another sender may send it");
    }

    #[test]
    fn azure_says_what_an_app_has_in_common() {
        let said = |trigger: Value, more: Value| {
            let verdict = Verdict::of(&record(&trigger, more), Target::Azure, from());
            verdict.reasons.iter().map(|it| format!("{}: {}", it.key, it.text)).collect::<Vec<_>>().join("; ")
        };
        let queue = json!({"kind": "queue", "queue": "q", "max_attempts": 3});
        assert_eq!(
            said(queue, json!({})),
            "trigger: a rejected item comes again until its attempts are used up, and is dead-lettered then"
        );
        for kind in ["queue", "topic"] {
            let both = said(json!({"kind": kind, kind: "q", "batch_size": 1, "concurrency": 2}), json!({}));
            assert!(both.contains("batch_size: messages are taken one by one: a `Batch` has one"), "{both}");
            assert!(both.contains("concurrency: the functions of an app have one number"), "{both}");
        }
        let stream = said(json!({"kind": "stream", "stream": "s", "batch_size": 7}), json!({}));
        assert!(stream.contains("batch_size: the functions of an app have one number"), "{stream}");
        let http = || json!({"kind": "http", "route": "a", "methods": ["GET"]});
        for (asked, text) in [
            (512, ""),
            (600, "memory: an instance has 512, 2048 or 4096 MB: it runs with 2048 MB or more"),
            (2048, ""),
            (4096, ""),
        ] {
            assert_eq!(said(http(), json!({"memory": asked * limits::MEGABYTE})), text);
        }
        assert!(said(http(), json!({"memory": 4097 * limits::MEGABYTE})).contains("at most 4096MB of memory"));
    }

    #[test]
    fn a_limit_is_a_reason_and_the_worst_comes_first() {
        let trigger = json!({"kind": "queue", "queue": "q", "max_attempts": 3});
        let verdict = Verdict::of(&record(&trigger, json!({"timeout_ms": 700_000})), Target::Google, from());
        let reasons: Vec<(&str, &str, Standing)> =
            verdict.reasons.iter().map(|it| (it.key, it.text.as_str(), it.standing)).collect();
        assert_eq!(
            reasons[..2],
            [
                ("timeout", "Pub/Sub waits at most 10m, and this asks for 11m40s", Standing::Impossible),
                ("max_attempts", "Pub/Sub tries a message at least 5 times, and this asks for 3", Standing::Impossible),
            ]
        );
        assert!(reasons[2..].iter().all(|(_, _, standing)| *standing == Standing::Emulated));
    }
}
