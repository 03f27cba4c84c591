//! What becomes of a function on each platform: exactly what the source says, something near it, or nothing.
//!
//! What a platform has not is said, never imitated in silence. A function that lists `targets` does not compile if one of them
//! cannot run it; `cargo tusk check` shows the verdicts of all.

use std::cmp::Reverse;

use jiff::Timestamp;

use crate::limits;
use crate::output::OutputKind;
use crate::provider::Target;
use crate::record::FunctionRecord;
use crate::schedule::{Proof, UnsupportedKind, zone};
use crate::trigger::Trigger;
use crate::trigger::blob::BlobEvent;
use crate::trigger::database::{ChangeEvent, Database};
use crate::trigger::http::Auth;
use crate::trigger::queue::{DEFAULT_ATTEMPTS, DEFAULT_BATCH, Queue};
use crate::trigger::timer::Timer;

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
        self.outputs(record);
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
                if !topic.filter.is_empty() && matches!(self.target, Target::Knative | Target::Google) {
                    self.emulated(
                        "filter",
                        "every message is delivered, and the function's process drops those that it does not want",
                    );
                }
            }
            Trigger::Database(database) => self.database(database),
            Trigger::Stream(_) => match self.target {
                Target::Aws => self.rejection(),
                Target::Azure => self.feed(),
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
        if self.target == Target::Knative {
            self.emulated(
                "schedule",
                "a PingSource gives an instant up after six attempts within seconds, and it is lost",
            );
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
            "an item that fails or is rejected is lost after the retries of a retry policy, which the function must be given: \
             Azure keeps no dead letters of it",
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
        let one_by_one = match self.target {
            Target::Google => Some("Pub/Sub pushes messages one by one"),
            Target::Knative => Some("a broker delivers messages one by one"),
            Target::Aws | Target::Azure => None,
        };
        if let Some(one_by_one) = one_by_one.filter(|_| queue.delivery.batch_size != DEFAULT_BATCH) {
            self.emulated("batch_size", format!("{one_by_one}: a `Batch` has one"));
        }
        if self.target == Target::Azure && queue.delivery.max_attempts != DEFAULT_ATTEMPTS {
            self.emulated("max_attempts", "a Storage Queue has one number of attempts for all functions of an app");
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

    fn outputs(&mut self, record: &FunctionRecord) {
        if self.target == Target::Azure {
            self.outputs_on_azure(record);
        }
        let has_clients = matches!(self.target, Target::Aws | Target::Azure);
        if !has_clients && !record.outputs.is_empty() {
            let text = format!("this version of tusk-fn sends, stores and reads nothing on `{}`", self.target.name());
            self.impossible("trigger", text, Some("list other `targets`".to_owned()));
        }
        if self.target == Target::Knative {
            for output in &record.outputs {
                if matches!(output.kind, OutputKind::Table | OutputKind::Bucket) {
                    let text = format!("Knative has no {}s, as {output} would be", output.kind.name());
                    self.impossible("trigger", text, Some("list other `targets`".to_owned()));
                }
            }
        }
        if !has_clients && record.idempotent.is_some() {
            let target = self.target.name();
            let text = format!(
                "this version of tusk-fn has no table on `{target}` to remember deliveries in: give the program a store"
            );
            self.emulated("idempotent", text);
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
            (json!({"kind": "timer", "schedule": "0 0 * * * *"}), "eeem"),
            (json!({"kind": "timer", "schedule": "*/10 * * * * *"}), "ieim"),
            (json!({"kind": "timer", "schedule": "0 30 2 * * *", "tz": "Europe/Berlin"}), "mimm"),
            (json!({"kind": "blob", "path": "b/a", "events": ["created"]}), "mmmm"),
            (queue(json!({})), "mmmm"),
            (queue(json!({"ordered": true})), "mmmi"),
            (queue(json!({"max_attempts": 3})), "mmim"),
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
    fn each_kind_of_output_has_its_verdicts() {
        let trigger = json!({"kind": "http", "route": "a", "methods": ["GET"]});
        let said = |outputs: &Value, target| {
            let verdict = Verdict::of(&record(&trigger, json!({"outputs": outputs})), target, from());
            verdict.reasons.iter().map(|reason| reason.text.clone()).collect::<Vec<_>>()
        };
        for (kind, azure) in [
            ("queue", &["256 KB", "deduplication"][..]),
            ("topic", &["256 KB"]),
            ("table", &["2^53", "consistency"]),
            ("event", &[]),
            ("bucket", &[]),
            ("secret", &[]),
        ] {
            let outputs = json!([{"kind": kind, "name": "a"}, {"kind": kind, "name": "b"}]);
            assert_eq!(said(&outputs, Target::Aws), [""; 0], "{kind}");
            let found = said(&outputs, Target::Azure);
            assert!(
                found.len() == azure.len() && found.iter().zip(azure).all(|(text, part)| text.contains(part)),
                "{found:?}"
            );
        }
        let idempotent = record(&json!({"kind": "event", "type": "t"}), json!({"idempotent": "delivery"}));
        for (target, expected) in [(Target::Aws, false), (Target::Azure, false), (Target::Google, true)] {
            let verdict = Verdict::of(&idempotent, target, from());
            assert_eq!(verdict.reasons.iter().any(|reason| reason.key == "idempotent"), expected, "{target:?}");
        }
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
