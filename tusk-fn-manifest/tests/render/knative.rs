//! What Knative is given.

use proptest::prelude::*;
use tusk_fn_manifest::{Architecture, EVENT_BUS, Manifest, NoteKind, Project, RenderError, ResourceKind, render};
use tusk_fn_spec::provider::Target;
use tusk_fn_spec::record::FunctionRecord;

use crate::records::{blob, event, http, outputs, parcels, queue, record, timer};
use crate::{assert_golden, messages, rendered_for};

type Value = serde_json::Value;

fn rendered(functions: Vec<FunctionRecord>) -> Manifest {
    rendered_for(Target::Knative, functions)
}

fn errors(project: &Project) -> Vec<RenderError> {
    render(project, Target::Knative).unwrap_err()
}

fn assert_golden_files(name: &str, manifest: &Manifest) {
    for file in &manifest.files {
        assert_golden(&format!("knative/{name}/{}", file.path), &file.contents);
    }
}

/// The objects of a manifest, without the kustomization.
fn objects(manifest: &Manifest) -> Vec<Value> {
    let files = manifest.files.iter().filter(|file| file.path != "kustomization.yaml");
    let documents = files.flat_map(|file| file.contents.split("\n---\n"));
    documents.map(|document| serde_saphyr::from_str(document).unwrap()).collect()
}

fn of_kind<'a>(objects: &'a [Value], kind: &str) -> Vec<&'a Value> {
    objects.iter().filter(|it| it["kind"] == kind).collect()
}

#[test]
fn a_program_of_every_kind() {
    let manifest = rendered(parcels());
    let paths: Vec<&str> = manifest.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["kustomization.yaml", "services.yaml", "eventing.yaml"]);
    assert_golden_files("parcels", &manifest);
    assert_eq!(
        messages(&manifest.notes),
        [
            "`azure-only` is not for `knative` (`targets`) and was left out",
            "the secret `map-key` is the key `value` of the Secret `shop-map-key`, which is not made here",
            "the secret `stripe-key` is the key `value` of the Secret `shop-stripe-key`, which is not made here",
            "what `Thank_2`, `audit`, `bring-back`, `count`, `forget`, `logo`, `read-label`, `restock`, `ship` and `watch` cannot \
             handle is lost: the broker has no dead-letter sink",
            "only the channel-based broker and Kafka's understand the `filters` of the Triggers of `forget`, `read-label`, \
             `restock` and `ship`",
            "whatever runs in the cluster can call `shop-platform` and `shop-events`: no credential is asked for",
        ]
    );
    assert!(manifest.notes[1..].iter().all(|note| note.help().is_some()));
    let help = manifest.notes[1].help().unwrap();
    assert!(help.contains("kubectl create secret generic shop-map-key --from-file=value=FILE"), "{help}");
}

#[test]
fn requests_alone_need_no_broker() {
    let functions = vec![record("on", 10, &http("<path..>", "\"any\"", "public"), r#""timeout_ms":600000,"#)];
    let project = Project::new("Small_Shop", functions)
        .with_architecture(Architecture::Arm64)
        .with_command("cargo tusk build --provider knative --arch arm64");
    let manifest = render(&project, Target::Knative).unwrap();
    assert_golden_files("small", &manifest);
    assert_eq!(manifest.files.len(), 2);
    assert_eq!(manifest.notes, []);
}

#[test]
fn a_timer_needs_no_broker_either() {
    let objects = objects(&rendered(vec![record("sweep", 10, &timer("0 0 3 * * *", ""), "")]));
    let kinds: Vec<&str> = objects.iter().map(|it| it["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["Service", "PingSource"]);
    assert_eq!(objects[1]["spec"]["timezone"], "UTC");
    assert_eq!(objects[1]["spec"]["sink"]["uri"], "/sweep");
}

#[test]
fn what_is_there_already_is_referred_to() {
    let functions = vec![
        record("take", 10, &queue("orders", ""), &outputs(&["secret/stripe-key", "secret/other-key"])),
        record("give", 20, &http("orders", r#"["POST"]"#, "public"), &outputs(&["queue/orders"])),
    ];
    let project = Project::new("shop", functions)
        .with_existing(ResourceKind::EventBus, EVENT_BUS, "default")
        .with_existing(ResourceKind::Secret, "stripe-key", "team.stripe-1");
    let manifest = render(&project, Target::Knative).unwrap();
    let objects = objects(&manifest);
    assert!(of_kind(&objects, "Broker").is_empty());
    assert_eq!(of_kind(&objects, "Trigger")[0]["spec"]["broker"], "default");
    assert_eq!(of_kind(&objects, "SinkBinding")[0]["spec"]["sink"]["ref"]["name"], "default");
    let secrets = &of_kind(&objects, "Service")[1]["spec"]["template"]["spec"]["volumes"][0]["projected"]["sources"];
    let names: Vec<&str> =
        secrets.as_array().unwrap().iter().map(|it| it["secret"]["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["shop-other-key", "team.stripe-1"]);
    // Whether the broker has a dead-letter sink is not known, and one Secret is there.
    let kinds = |wanted: fn(&NoteKind) -> bool| manifest.notes.iter().filter(|note| wanted(&note.kind)).count();
    assert_eq!(kinds(|it| matches!(it, NoteKind::DeadLettersLost { .. })), 0);
    assert_eq!(kinds(|it| matches!(it, NoteKind::SecretObject { .. })), 1);
}

#[test]
fn only_what_has_an_object_can_be_there_already() {
    let given = |kind, name: &str, physical: &str| {
        let functions = vec![record("take", 10, &queue("orders", ""), &outputs(&["secret/stripe-key"]))];
        let found = errors(&Project::new("shop", functions).with_existing(kind, name, physical));
        assert_eq!(found.len(), 1, "{found:?}");
        (found[0].to_string(), found[0].help().unwrap())
    };
    for (kind, name) in [
        (ResourceKind::Queue, "orders"),
        (ResourceKind::Topic, "paid"),
        (ResourceKind::Bucket, "uploads"),
        (ResourceKind::Table, "stock"),
        (ResourceKind::Stream, "clicks"),
    ] {
        let (error, help) = given(kind, name, "x");
        assert_eq!(error, format!("Knative has no object that could be the {kind} `{name}`"));
        assert!(help.contains("event-bus=NAME"), "{help}");
    }
    let (error, help) = given(ResourceKind::Secret, "stripe-kee", "x");
    assert_eq!(error, "no function that is deployed to `knative` refers to the secret `stripe-kee`");
    assert_eq!(help, "did you mean `stripe-key`?");
    let (error, help) = given(ResourceKind::EventBus, "main", "x");
    assert_eq!(error, "no function that is deployed to `knative` refers to the event bus `main`");
    assert_eq!(help, "did you mean `default`?");
    for (kind, name, physical) in [
        (ResourceKind::Secret, "stripe-key", "Stripe"),
        (ResourceKind::Secret, "stripe-key", "a..b"),
        (ResourceKind::Secret, "stripe-key", "a.-b"),
        (ResourceKind::EventBus, EVENT_BUS, "a.b"),
        (ResourceKind::EventBus, EVENT_BUS, ""),
    ] {
        let (error, _) = given(kind, name, physical);
        assert!(error.starts_with(&format!("an object of Kubernetes would be called `{physical}`")), "{error}");
    }
    let functions = || vec![record("take", 10, &queue("orders", ""), "")];
    let twice = Project::new("shop", functions()).with_existing(ResourceKind::EventBus, EVENT_BUS, "a").with_existing(
        ResourceKind::EventBus,
        EVENT_BUS,
        "b",
    );
    assert_eq!(errors(&twice)[0].to_string(), "the event bus `default` is given twice");
    let idle = Project::new("shop", vec![record("on", 1, &http("on", "\"any\"", "public"), "")]).with_existing(
        ResourceKind::EventBus,
        EVENT_BUS,
        "a",
    );
    assert_eq!(
        errors(&idle)[0].to_string(),
        "no function that is deployed to `knative` refers to the event bus `default`"
    );
    let key = Project::new("shop", functions()).with_key(ResourceKind::Queue, "orders", "k");
    assert_eq!(
        errors(&key)[0].to_string(),
        "nothing on Knative is encrypted with a key of its own, as the queue `orders` is to be"
    );
}

#[test]
fn what_knative_cannot_do_is_refused() {
    let found = errors(&Project::new(
        "shop",
        vec![
            record("slow", 1, &http("slow", r#"["GET"]"#, "platform"), r#""timeout_ms":601000,"#),
            record("master", 2, &http("master", r#"["GET"]"#, "admin"), ""),
            record("sequence", 3, &queue("in-order", r#","ordered":true"#), ""),
            record("keep", 4, &queue("kept", ""), &outputs(&["table/stock", "bucket/invoices"])),
            record("give-up", 5, &queue("work", r#","dead_letter":"nowhere""#), ""),
            record("friday", 6, &timer("0 0 0 13 * FRI", r#","day_match":"all""#), ""),
        ],
    ));
    let described: Vec<(u32, Option<&str>)> =
        found.iter().map(|error| (error.place.as_ref().unwrap().line, error.key())).collect();
    assert_eq!(
        described,
        [
            (4, Some("trigger")),
            (4, Some("trigger")),
            (2, Some("auth")),
            (3, Some("ordered")),
            (1, Some("timeout")),
            (5, Some("dead_letter")),
            (6, Some("schedule")),
        ]
    );
    assert!(found.iter().all(|error| error.help().is_some()));
    assert_eq!(
        found[5].to_string(),
        "no function receives the queue `nowhere`, and a broker keeps nothing: dead letters would be lost"
    );
    assert_eq!(found[0].to_string(), "`knative` cannot run it: Knative has no tables, as table stock would be");
}

#[test]
fn a_name_is_one_of_kubernetes() {
    let take = |name: &str| record(name, 1, &queue(&name.to_ascii_lowercase().replace('_', "-"), ""), "");
    for program in ["1-shop", "läden", "-shop", "shop-", "", &"s".repeat(64)] {
        let found = errors(&Project::new(program, vec![take("take")]));
        assert_eq!(found.len(), 1, "{program}: {found:?}");
        assert!(found[0].to_string().contains("at most 63 small letters"), "{}", found[0]);
    }
    let names = |program: &str, functions| -> Vec<(Option<u32>, String)> {
        let found = errors(&Project::new(program, functions));
        found.iter().map(|it| (it.place.as_ref().map(|place| place.line), it.to_string())).collect()
    };
    let found = names(&"s".repeat(57), vec![take("take-it")]);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].0.is_none() && found[0].1.contains("sss-events`"), "{found:?}");
    assert!(found[1].0 == Some(1) && found[1].1.contains("sss-take-it`"), "{found:?}");
    assert!(render(&Project::new("s".repeat(56), vec![take("take")]), Target::Knative).is_ok());
    let alike = vec![take("Take_it"), record("take-it", 2, &timer("0 0 0 * * *", ""), "")];
    assert_eq!(
        names("shop", alike),
        [(Some(2), "its object would be called `shop-take-it`, as that of `Take_it` is".to_owned())]
    );
}

/// The attributes of events, and whether a function's Trigger lets them through.
fn lets_through(function: FunctionRecord, attributes: &[(&str, &str)]) -> bool {
    fn holds(filter: &Value, attributes: &[(&str, &str)]) -> bool {
        let (dialect, said) = filter.as_object().unwrap().iter().next().unwrap();
        let all = |test: fn(&str, &str) -> bool| {
            said.as_object().unwrap().iter().all(|(name, wanted)| {
                let found = attributes.iter().find(|(other, _)| other == name);
                found.is_some_and(|(_, found)| test(found, wanted.as_str().unwrap()))
            })
        };
        match dialect.as_str() {
            "exact" => all(|found, wanted| found == wanted),
            "prefix" => all(|found, wanted| found.starts_with(wanted)),
            "suffix" => all(|found, wanted| found.ends_with(wanted)),
            // `any`: of what else there might be, nothing is a list.
            _ => said.as_array().unwrap().iter().any(|filter| holds(filter, attributes)),
        }
    }
    let objects = objects(&rendered(vec![function]));
    let spec = &of_kind(&objects, "Trigger")[0]["spec"];
    let exact = spec.get("filter").map(|filter| serde_json::json!({"exact": filter["attributes"]}));
    let more = spec.get("filters").map(|filters| filters.as_array().unwrap().clone()).unwrap_or_default();
    exact.iter().chain(&more).all(|filter| holds(filter, attributes))
}

#[test]
fn a_trigger_lets_through_what_the_function_wants() {
    let blobs = |path: &str, events: &str, kind: &str, subject: &str| {
        lets_through(record("f", 1, &blob(path, events), ""), &[("type", kind), ("subject", subject)])
    };
    let created = "tusk-fn.blob.created";
    assert!(blobs("b/<x>.csv", r#"["created"]"#, created, "b/a.csv"));
    assert!(!blobs("b/<x>.csv", r#"["created"]"#, created, "b/a.txt"));
    assert!(!blobs("b/<x>.csv", r#"["created"]"#, created, "bb/a.csv"));
    assert!(!blobs("b/<x>.csv", r#"["created"]"#, "tusk-fn.blob.deleted", "b/a.csv"));
    assert!(blobs("b/<x..>", r#"["created","deleted"]"#, "tusk-fn.blob.deleted", "b/a/b"));
    assert!(!blobs("b/<x..>", r#"["created","deleted"]"#, "tusk-fn.queue", "b/a/b"));
    assert!(blobs("b/in/a.csv", r#"["created"]"#, created, "b/in/a.csv"));
    assert!(!blobs("b/in/a.csv", r#"["created"]"#, created, "b/in/a.csv2"));
    // The sender may have encoded it, or not.
    for subject in ["b/a b/x \u{e4}.csv", "b/a%20b/x%20%C3%A4.csv"] {
        assert!(blobs("b/a b/<x> \u{e4}.csv", r#"["created"]"#, created, subject));
        assert!(blobs(
            if subject.contains('%') { "b/<x..>" } else { "b/a b/x \u{e4}.csv" },
            r#"["created"]"#,
            created,
            subject
        ));
    }
    assert!(!blobs("b/a b/<x>", r#"["created"]"#, created, "b/b/x"));
    let changes = |events: &str, kind: &str, table: &str| {
        let function = record("f", 1, &crate::records::database("t", events), "");
        lets_through(function, &[("type", &format!("tusk-fn.database.{kind}")), ("subject", table)])
    };
    assert!(changes(r#"["insert"]"#, "insert", "t") && changes(r#"["insert"]"#, "upsert", "t"));
    assert!(changes(r#"["modify"]"#, "upsert", "t") && !changes(r#"["modify"]"#, "insert", "t"));
    assert!(changes(r#"["remove"]"#, "remove", "t") && !changes(r#"["remove"]"#, "upsert", "t"));
    assert!(!changes(r#"["insert"]"#, "insert", "other"));
    let events = |kind: &str, more: &str, attributes: &[(&str, &str)]| {
        lets_through(record("f", 1, &event(kind, more), ""), attributes)
    };
    assert!(events("a.*", "", &[("type", "a.b")]) && !events("a.*", "", &[("type", "b")]));
    assert!(events("*", "", &[("type", "b")]));
    assert!(events("a", r#","source":"/s","subject":"o/*""#, &[("type", "a"), ("source", "/s"), ("subject", "o/7")]));
    assert!(!events("a", r#","source":"/s","subject":"o/*""#, &[("type", "a"), ("source", "/s")]));
    assert!(events("a", r#","subject":"\u00e4""#, &[("type", "a"), ("subject", "%C3%A4")]));
}

#[test]
fn many_attempts_wait_no_hours() {
    let policy = |attempts: u32| {
        let more = format!(r#","max_attempts":{attempts}"#);
        let objects = objects(&rendered(vec![record("f", 1, &queue("q", &more), "")]));
        let delivery = &of_kind(&objects, "Trigger")[0]["spec"]["delivery"];
        (delivery["retry"].as_u64().unwrap(), delivery["backoffPolicy"].as_str().unwrap().to_owned())
    };
    assert_eq!(policy(1), (0, "exponential".to_owned()));
    assert_eq!(policy(12), (11, "exponential".to_owned()));
    assert_eq!(policy(1000), (999, "linear".to_owned()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn the_order_of_the_functions_does_not_matter(shuffled in Just(parcels()).prop_shuffle()) {
        prop_assert_eq!(rendered(shuffled), rendered(parcels()));
    }

    #[test]
    fn what_is_referred_to_is_there(functions in prop::sample::subsequence(parcels(), 1..=15)) {
        let mut functions: Vec<FunctionRecord> = functions;
        // Without its function, a queue of dead letters is refused.
        functions.retain(|it| !matches!(it.name.as_str(), "deliver" | "azure-only"));
        prop_assume!(!functions.is_empty());
        let objects = objects(&rendered(functions));
        let mut ids: Vec<(&str, &str)> =
            objects.iter().map(|it| (it["kind"].as_str().unwrap(), it["metadata"]["name"].as_str().unwrap())).collect();
        let count = ids.len();
        for object in &objects {
            let spec = &object["spec"];
            for end in [&spec["subscriber"], &spec["sink"], &spec["delivery"]["deadLetterSink"]] {
                if let Some(kind) = end["ref"]["kind"].as_str() {
                    prop_assert!(ids.contains(&(kind, end["ref"]["name"].as_str().unwrap())));
                }
            }
            if let Some(broker) = spec["broker"].as_str() {
                prop_assert!(ids.contains(&("Broker", broker)));
            }
            if let Some(service) = spec["subject"]["name"].as_str() {
                prop_assert!(ids.contains(&("Service", service)));
            }
        }
        ids.sort_unstable();
        ids.dedup();
        prop_assert_eq!(ids.len(), count, "no two objects are one");
    }
}
