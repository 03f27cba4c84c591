//! What holds for every program: an account may do what its functions' triggers and outputs ask for, and nothing else.

use std::collections::BTreeSet;

use proptest::prelude::*;
use tusk_fn_manifest::Project;
use tusk_fn_spec::output::{Access, OutputKind};
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::Trigger;
use tusk_fn_spec::trigger::blob::BlobEvent;
use tusk_fn_spec::trigger::http::Auth;

use super::{file, orders, rendered};
use crate::records::{http, outputs, queue, record, shop};

/// An account's variable, a role, and the resource that it is granted on.
type Grant = (String, String, String);

/// What the script grants: the words of each line, without quotes.
fn granted(script: &str) -> BTreeSet<Grant> {
    let body = script.split_once("\nprepare \"$@\"\n").unwrap().1;
    let mut grants = BTreeSet::new();
    for line in body.lines() {
        let plain = line.replace("\\\"", "'").replace('"', "");
        let words: Vec<&str> = plain.split(' ').collect();
        match words.as_slice() {
            ["may", member, role, rest @ ..] => {
                let at = rest.iter().position(|word| *word == "add-iam-policy-binding").unwrap();
                let condition =
                    plain.split_once("resource.name == '").map(|(_, rest)| rest.split('\'').next().unwrap());
                let resource = condition.unwrap_or(rest[at + 1]);
                grants.insert(((*member).to_owned(), (*role).to_owned(), resource.to_owned()));
            }
            ["publishers", channel, members @ ..] => {
                let publisher = |member: &&str| {
                    ((*member).to_owned(), "roles/eventarc.publisher".to_owned(), (*channel).to_owned())
                };
                grants.extend(members.iter().map(publisher));
            }
            _ => {}
        }
    }
    grants
}

fn account(record: &FunctionRecord) -> &'static str {
    match &record.trigger {
        Trigger::Http(http) if http.auth == Auth::Public => "$PUBLIC",
        Trigger::Http(_) => "$PLATFORM",
        _ => "$EVENTS",
    }
}

/// What a function asks for: its account, a resource, and whether it reads and writes that.
fn asked(record: &FunctionRecord) -> Vec<(&'static str, String, bool, bool)> {
    let account = account(record);
    let project = "projects/${PROJECT_ID}";
    let mut asked = Vec::new();
    for output in &record.outputs {
        let name = &output.name;
        let resource = match output.kind {
            OutputKind::Queue => format!("{project}/topics/shop--queue-{name}"),
            OutputKind::Topic => format!("{project}/topics/shop--topic-{name}"),
            OutputKind::Event => format!("{project}/locations/${{REGION}}/channels/shop"),
            OutputKind::Bucket => format!("gs://${{PROJECT_ID}}-shop--{name}"),
            OutputKind::Table => {
                format!("{project}/databases/{}", name.split_once('/').map_or("(default)", |(database, _)| database))
            }
            OutputKind::Secret => format!("{project}/secrets/shop--{name}"),
        };
        asked.push((account, resource, output.access != Access::Write, output.access != Access::Read));
    }
    if record.idempotent.is_some() {
        asked.push((account, format!("{project}/databases/(default)"), true, true));
    }
    if let Trigger::Blob(blob) = &record.trigger
        && blob.events.contains(&BlobEvent::Created)
    {
        asked.push((account, format!("gs://${{PROJECT_ID}}-shop--{}", blob.path.bucket()), true, false));
    }
    asked
}

/// The narrowest role for what is asked for.
fn expected(functions: &[FunctionRecord]) -> BTreeSet<Grant> {
    let asked: Vec<_> = functions.iter().flat_map(asked).collect();
    let role = |account: &str, resource: &str| {
        let same = || asked.iter().filter(|(other, on, ..)| *other == account && on == resource);
        let (reads, writes) = (same().any(|(_, _, reads, _)| *reads), same().any(|(_, _, _, writes)| *writes));
        match (resource, reads, writes) {
            (on, ..) if on.contains("/topics/") => "roles/pubsub.publisher",
            (on, ..) if on.contains("/channels/") => "roles/eventarc.publisher",
            (on, ..) if on.contains("/secrets/") => "roles/secretmanager.secretAccessor",
            (on, _, true) if on.contains("/databases/") => "roles/datastore.user",
            (on, ..) if on.contains("/databases/") => "roles/datastore.viewer",
            (_, true, true) => "roles/storage.objectUser",
            (_, true, false) => "roles/storage.objectViewer",
            (_, false, _) => "roles/storage.legacyBucketWriter",
        }
    };
    let grant = |(account, on, ..): &(&str, String, bool, bool)| {
        ((*account).to_owned(), role(account, on).to_owned(), on.clone())
    };
    asked.iter().map(grant).collect()
}

const OUTPUTS: [&str; 12] = [
    "queue/orders",
    "queue/other",
    "topic/paid",
    "event/com.example.a",
    "event/com.example.b",
    "bucket/invoices",
    "bucket/invoices read",
    "bucket/archive write",
    "table/stock",
    "table/shop/ledger read",
    "table/main/ledger write",
    "secret/stripe-key",
];

fn programs() -> impl Strategy<Value = Vec<FunctionRecord>> {
    let functions = [shop(), orders().into_iter().filter(|it| it.name != "sweep").collect()].concat();
    let count = functions.len();
    let used = || prop::sample::subsequence(OUTPUTS.to_vec(), 0..=OUTPUTS.len());
    (prop::sample::subsequence(functions, 1..=count), used(), used()).prop_map(|(mut functions, first, second)| {
        functions.retain(|it| it.name != "azure-only");
        functions.push(record("uses", 2, &queue("work", ""), &outputs(&first)));
        functions.push(record("open", 3, &http("open", "\"any\"", "public"), &outputs(&second)));
        functions
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn an_account_may_do_what_its_functions_ask_for_and_nothing_else(functions in programs()) {
        let manifest = rendered(&Project::new("shop", functions.clone()));
        let granted = granted(file(&manifest, "deploy.sh"));
        let of_services = |(member, ..): &&Grant| matches!(member.as_str(), "$PUBLIC" | "$PLATFORM" | "$EVENTS");
        prop_assert_eq!(granted.iter().filter(of_services).cloned().collect::<BTreeSet<_>>(), expected(&functions));
        // Anyone may call one service only, and one account the other one that is not called by clients.
        let invokers: Vec<(&str, &str)> = granted
            .iter()
            .filter(|(_, role, _)| role == "roles/run.invoker")
            .map(|(member, _, service)| (member.as_str(), service.as_str()))
            .collect();
        prop_assert_eq!(invokers, [("allUsers", "shop-public"), ("serviceAccount:$INVOKER", "shop-events")]);
        // What is granted on all of the project is what Google's documentation asks for.
        let of_project: BTreeSet<(&str, &str)> = granted
            .iter()
            .filter(|(_, _, on)| on == "$PROJECT_ID")
            .map(|(member, role, _)| (member.as_str(), role.as_str()))
            .collect();
        let known = [
            ("serviceAccount:$INVOKER", "roles/eventarc.eventReceiver"),
            ("serviceAccount:$storage_agent", "roles/pubsub.publisher"),
        ];
        prop_assert!(of_project.iter().all(|it| known.contains(it)), "{of_project:?}");
        // Whatever the platform calls may give up to its dead letters, and only the account that calls is acted for.
        for (member, role, on) in granted.iter().filter(|(member, ..)| member == "$PUBSUB") {
            let known = match role.as_str() {
                "roles/iam.serviceAccountTokenCreator" => on == "$INVOKER",
                "roles/pubsub.publisher" => on.contains(".dead") || on.ends_with("failed-orders"),
                _ => false,
            };
            prop_assert!(known, "{member} {role} {on}");
        }
    }
}
