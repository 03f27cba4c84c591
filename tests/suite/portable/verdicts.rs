//! What becomes of each function of the shop on each platform, as `cargo tusk check` says it: the drivers show that it is so.

use std::collections::BTreeMap;

use tusk_fn::FunctionRecord;
use tusk_fn_spec::portability::{Standing, Verdict};
use tusk_fn_spec::provider::Target;

use super::orders;

const ATTEMPTS: &str = "every attempt is told as the first";
const AUTH: &str = "who is in the cluster can call it: Knative limits reachability, and asks for no credential";
const CHANNEL: &str =
    "what the broker has accepted survives a restart only if its channel does: an in-memory one loses it";
const FILTER: &str = "every message is delivered, and the function's process drops those that it does not want";
const NAMES: &str = "attributes of a message of topic notifications have names of 1 to 20 small letters and digits";
const NO_SALES: &str = "Knative has no tables, as table sales would be";
const NO_STOCK: &str = "Knative has no tables, as table stock would be";
const ORDER: &str = "a Knative broker keeps no order of groups";
const REJECTED: &str =
    "a rejected item goes to the dead-letter sink at once, and is lost where the trigger and the broker have none";
const SENT: &str = "what is sent is as durable as the broker's channel: an in-memory one loses it when it restarts";

/// On Knative: why a function cannot run, and what differs where it can.
pub(super) const KNATIVE: [(&str, &[&str], &[&str]); 12] = [
    (
        "announce",
        &[],
        &["Knative has no buckets: somebody must send the events `tusk-fn.blob.created` and `.deleted`", NAMES, SENT],
    ),
    ("count-views", &[], &["only Kafka, behind the broker or as a source, keeps the order of a partition"]),
    ("discontinue", &[NO_STOCK], &[AUTH]),
    ("email", &[], &[CHANNEL, ATTEMPTS, REJECTED, FILTER]),
    ("fill", &[NO_STOCK], &[AUTH]),
    (
        "fulfil",
        &[ORDER, NO_SALES, NO_STOCK],
        &[
            CHANNEL,
            ATTEMPTS,
            REJECTED,
            SENT,
            "Knative has no table to remember deliveries in: give the program a store",
        ],
    ),
    ("give-up", &[ORDER], &[CHANNEL, ATTEMPTS, REJECTED]),
    ("invoice", &["Knative has no buckets, as bucket invoices would be"], &[CHANNEL, ATTEMPTS, REJECTED]),
    ("operations", &[], &[CHANNEL, ATTEMPTS, REJECTED, FILTER]),
    (
        "place",
        &[],
        &[
            "queue orders is the broker: a message is lost if no function receives it when it is sent, and cannot be delayed; its \
             attributes have names of 1 to 20 small letters and digits",
            SENT,
        ],
    ),
    ("report", &[NO_SALES], &["a PingSource gives an instant up after six attempts within seconds, and it is lost"]),
    (
        "watch-stock",
        &[],
        &["Knative has no tables: somebody must send the events `tusk-fn.database.insert` and its kind", NAMES, SENT],
    ),
];

/// On Google: what differs, and for which functions.
const GOOGLE: [(&str, &[&str]); 5] = [
    (
        "a rejected item comes again until its attempts are used up, and is dead-lettered then",
        &["announce", "count-views", "email", "fulfil", "give-up", "invoice", "operations", "watch-stock"],
    ),
    ("an instant that fails three times is lost: Cloud Scheduler keeps no dead letters of it", &["report"]),
    (
        "Firestore takes no list directly in a list, and no whole number beyond 64 bits with a sign: an item that has one is refused",
        &["discontinue", "fill", "fulfil", "report"],
    ),
    (
        "Pub/Sub delays no messages, and one with `delay` is refused; two with one `deduplication_id` are both delivered, and a \
         function that is `idempotent` runs for the first",
        &["place"],
    ),
    ("Pub/Sub keeps order for each key, but no position that a function could begin from", &["count-views"]),
];

fn verdict(record: &FunctionRecord, target: Target) -> Verdict {
    Verdict::of(record, target, "2026-01-01T00:00:00Z".parse().unwrap())
}

#[test]
fn the_shop_runs_as_a_whole_everywhere_but_on_knative() {
    let (_, project) = orders();
    let standings = |record: &FunctionRecord| {
        let of = |target| verdict(record, target).standing().name();
        format!("{:12}{}", record.name, Target::ALL.map(of).join(" "))
    };
    let expected = [
        "announce    emulated emulated emulated emulated",
        "count-views emulated emulated emulated emulated",
        "discontinue exact emulated emulated impossible",
        "email       emulated emulated emulated emulated",
        "fill        exact emulated emulated impossible",
        "fulfil      emulated emulated emulated impossible",
        "give-up     emulated emulated emulated impossible",
        "invoice     emulated emulated emulated impossible",
        "operations  emulated emulated emulated emulated",
        "place       exact emulated emulated emulated",
        "report      exact emulated emulated impossible",
        "watch-stock emulated emulated emulated emulated",
    ];
    assert_eq!(project.functions.iter().map(standings).collect::<Vec<_>>(), expected);
}

#[test]
fn what_differs_on_knative_is_said_exactly() {
    let (_, project) = orders();
    assert_eq!(project.functions.len(), KNATIVE.len());
    for (record, (function, impossible, emulated)) in project.functions.iter().zip(KNATIVE) {
        let reasons = verdict(record, Target::Knative).reasons;
        let of = |standing| {
            let those = reasons.iter().filter(move |reason| reason.standing == standing);
            those.map(|reason| reason.text.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(record.name, function);
        assert_eq!(of(Standing::Impossible), impossible, "{function}");
        assert_eq!(of(Standing::Emulated), emulated, "{function}");
    }
}

#[test]
fn what_differs_on_google_is_said_exactly() {
    let (_, project) = orders();
    let mut found: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for record in &project.functions {
        for reason in verdict(record, Target::Google).reasons {
            found.entry(reason.text).or_default().push(&record.name);
        }
    }
    assert_eq!(found, GOOGLE.iter().map(|(text, functions)| ((*text).to_owned(), functions.to_vec())).collect());
}
