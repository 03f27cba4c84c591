//! Programs on Google: the services and the script.

mod access;
#[cfg(unix)]
mod deploy;
#[cfg(unix)]
mod double;

use proptest::prelude::*;
use tusk_fn_manifest::{
    Architecture, EVENT_BUS, Manifest, Note, Project, RenderError, RenderErrorKind, ResourceKind, render,
};
use tusk_fn_spec::provider::Target;
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::Trigger;

use crate::records::{blob, database, event, http, outputs, queue, record, shop, stream, timer, topic};
use crate::{assert_golden, messages};

fn rendered(project: &Project) -> Manifest {
    render(project, Target::Google).unwrap()
}

fn errors(project: &Project) -> Vec<RenderError> {
    render(project, Target::Google).unwrap_err()
}

fn file<'a>(manifest: &'a Manifest, path: &str) -> &'a str {
    &manifest.files.iter().find(|file| file.path == path).unwrap().contents
}

/// Every kind of trigger and of output, as Pub/Sub takes them.
pub(crate) fn orders() -> Vec<FunctionRecord> {
    let mut functions = crate::records::orders();
    for record in &mut functions {
        if let Trigger::Queue(queue) = &mut record.trigger {
            queue.delivery.max_attempts = queue.delivery.max_attempts.max(5);
        }
    }
    functions
}

/// What the other program has not: an order, long and quick functions, much memory.
fn rest() -> Vec<FunctionRecord> {
    vec![
        record("health", 10, &http("health", r#"["GET"]"#, "public"), r#""timeout_ms":1500,"#),
        record(
            "In_Order",
            20,
            &queue("steps", r#","ordered":true,"dead_letter":"failed-steps","concurrency":2"#),
            r#""timeout_ms":600000,"memory":5368709120,"#,
        ),
        record("Report_2", 30, &timer("0 30 9 * * MON-FRI", r#","tz":"Europe/Berlin""#), r#""timeout_ms":1800000,"#),
        record("quote", 40, &topic("it-s", r#","filter":["said != it's \"so\"","a.b = $x | `y`"]"#), ""),
        record("react", 50, &event("com.example.it's", r#","source":"/a,b","subject":"x*""#), ""),
        record("azure-only", 70, &timer("*/10 * * * * *", ""), r#""targets":["azure"],"#),
    ]
}

fn assert_golden_program(name: &str, manifest: &Manifest) {
    for file in &manifest.files {
        assert_golden(&format!("google/{name}/{}", file.path), &file.contents);
        assert_eq!(file.executable, file.path == "deploy.sh");
    }
    assert_eq!(manifest.files.len(), 2);
}

#[test]
fn a_program_of_all_kinds() {
    let manifest = rendered(&Project::new("shop", orders()));
    assert_golden_program("orders", &manifest);
    assert_eq!(
        messages(&manifest.notes),
        [
            "the Firestore database `(default)` is not made, since its place cannot be changed later",
            "the Firestore database `shop` is not made, since its place cannot be changed later",
            "the secret `shop--stripe-key` is made without a value",
        ]
    );
    assert!(manifest.notes.iter().all(|note| note.help().is_some()));
}

#[test]
fn what_is_long_quick_large_and_in_order() {
    let project = Project::new("The_Rest", rest()).with_command("cargo tusk build --provider google -p rest");
    let manifest = rendered(&project);
    assert_golden_program("rest", &manifest);
    assert_eq!(messages(&manifest.notes), ["`azure-only` is not for `google` (`targets`) and was left out"]);
}

#[test]
fn a_program_that_only_answers_needs_nothing_else() {
    let functions = shop().into_iter().filter(|it| it.name == "health").collect();
    let manifest = rendered(&Project::new("answers", functions));
    assert_golden("google/answers/service.yaml", file(&manifest, "service.yaml"));
    let script = file(&manifest, "deploy.sh").split_once("\nprepare \"$@\"\n").unwrap().1;
    for other in ["pubsub", "eventarc", "PUBSUB", "INVOKER", "scheduler jobs create", "firestore"] {
        let used = script.lines().filter(|line| !line.starts_with("stale")).any(|line| line.contains(other));
        assert!(!used, "{other} in {script}");
    }
}

fn existing() -> Project {
    let functions = vec![
        record("receive", 10, &queue("orders", r#","dead_letter":"failed""#), &outputs(&["topic/paid"])),
        record("hear", 20, &topic("paid", ""), ""),
        record(
            "import",
            30,
            &blob("uploads/<name>.csv", r#"["created","deleted"]"#),
            &outputs(&["bucket/uploads write"]),
        ),
        record("follow", 40, &database("stock", r#"["insert"]"#), &outputs(&["table/shop/ledger read"])),
        record("read", 50, &stream("clicks", ""), &outputs(&["secret/stripe-key", "event/com.example.read"])),
        record("react", 60, &event("com.example.read", ""), ""),
    ];
    let at = |rest: &str| format!("projects/other-project/{rest}");
    Project::new("legacy", functions)
        .with_existing(ResourceKind::Queue, "orders", at("topics/Orders"))
        .with_existing(ResourceKind::Queue, "failed", at("topics/Failed"))
        .with_existing(ResourceKind::Topic, "paid", at("topics/Paid"))
        .with_existing(ResourceKind::Bucket, "uploads", "example-uploads")
        .with_existing(ResourceKind::Table, "stock", at("databases/(default)/documents/Stock"))
        .with_existing(ResourceKind::Table, "shop/ledger", at("databases/ledgers/documents/Ledger"))
        .with_existing(ResourceKind::Stream, "clicks", at("topics/Clicks"))
        .with_existing(ResourceKind::Secret, "stripe-key", at("secrets/Stripe"))
        .with_existing(ResourceKind::EventBus, EVENT_BUS, at("locations/europe-west4/channels/events"))
}

#[test]
fn what_is_there_already_is_not_made() {
    let manifest = rendered(&existing());
    assert_golden_program("existing", &manifest);
    let script = file(&manifest, "deploy.sh").split_once("\nprepare \"$@\"\n").unwrap().1;
    for made in ["\nbucket ", "\nsecret ", "\nchannel ", "topics/legacy--queue", "publishers "] {
        assert!(!script.contains(made), "{made}");
    }
    assert_eq!(
        messages(&manifest.notes),
        [
            "the bucket `uploads` is there already; if it keeps old versions, Cloud Storage tells of a deletion as \
             `archived`, and of the end of a version as `deleted`",
            "it can only be deployed to the project `other-project`, where the table `stock` is",
            "it can only be deployed to the project `other-project`, where the event bus `default` is",
        ]
    );
    assert!(manifest.notes.iter().all(|note: &Note| note.help().is_some()));
}

#[test]
fn an_existing_resource_has_a_name_of_its_kind_and_is_used() {
    let project = || Project::new("shop", orders());
    let given = |kind, name: &str, physical: &str| errors(&project().with_existing(kind, name, physical)).remove(0);
    let error = given(ResourceKind::Queue, "orders", "arn:aws:sqs:eu-central-1:123456789012:orders");
    assert_eq!(
        error.to_string(),
        "`arn:aws:sqs:eu-central-1:123456789012:orders` is to be the queue `orders`, and is not the name of one on Google"
    );
    assert_eq!(error.help().unwrap(), "write its whole name, such as `projects/my-project/topics/orders`");
    let error = given(ResourceKind::Queue, "order", "projects/my-project/topics/orders");
    assert_eq!(error.to_string(), "no function that is deployed to `google` refers to the queue `order`");
    assert_eq!(error.help().as_deref(), Some("did you mean `orders`?"));
    let bucket = "my-bucket";
    let twice = project().with_existing(ResourceKind::Bucket, "invoices", bucket);
    let twice = twice.with_existing(ResourceKind::Bucket, "invoices", bucket);
    assert_eq!(errors(&twice)[0].to_string(), "the bucket `invoices` is given twice");
    let key = project().with_existing(ResourceKind::Bucket, "invoices", bucket);
    let error =
        errors(&key.with_key(ResourceKind::Bucket, "invoices", "projects/p/locations/l/keyRings/r/cryptoKeys/k"));
    assert!(
        error[0].to_string().starts_with("the bucket `invoices` is given with a key, and on Google"),
        "{}",
        error[0]
    );
    assert_eq!(error[0].help().unwrap(), "remove `--key bucket/invoices=…`");
}

#[test]
fn what_google_cannot_do_is_said_all_at_once() {
    let functions = vec![
        record("all", 1, &event("com.example.*", ""), ""),
        record("few", 2, &queue("a", r#","max_attempts":4"#), ""),
        record("often", 3, &timer("*/10 * * * * *", ""), ""),
        record("slow", 4, &queue("b", ""), r#""timeout_ms":601000,"memory":107374182400,"#),
        record("short", 5, &database("a/b", r#"["insert"]"#), ""),
        record("here", 6, &queue("c", r#","dead_letter":"d""#), ""),
        record("there", 7, &queue("d", r#","dead_letter":"c""#), ""),
    ];
    let found = errors(&Project::new("my-google", functions).with_architecture(Architecture::Arm64));
    let said: Vec<(Option<u32>, Option<&str>)> =
        found.iter().map(|error| (error.place.as_ref().map(|place| place.line), error.key())).collect();
    assert_eq!(
        said,
        [
            (None, None),
            (Some(1), Some("type")),
            (Some(2), Some("max_attempts")),
            (Some(5), Some("table")),
            (Some(4), Some("memory")),
            (Some(4), Some("timeout")),
            (None, None),
            (Some(6), Some("dead_letter")),
            (Some(3), Some("schedule")),
        ]
    );
    assert!(matches!(found[0].kind, RenderErrorKind::Architecture { .. }), "{}", found[0]);
    assert!(matches!(found[6].kind, RenderErrorKind::ProgramName { .. }), "{}", found[6]);
    assert_eq!(
        found[6].to_string(),
        "services, topics and buckets of Google cannot be called after the program `my-google`"
    );
    assert!(found.iter().all(|error| error.help().is_some()));
}

/// A function is given up later than it gives up itself, and its subscription allows that.
#[test]
fn callers_wait_longer_than_functions_take() {
    let functions = |milliseconds: u64| {
        let timeout = format!(r#""timeout_ms":{milliseconds},"#);
        vec![record("hear", 1, &topic("t", ""), &timeout), record("tick", 2, &timer("0 0 * * * *", ""), &timeout)]
    };
    for (milliseconds, service, push, job) in [
        (100, 1, "hear 11 5", "UTC 15s"),
        (30_000, 30, "hear 40 5", "UTC 40s"),
        (59_001, 60, "hear 70 5", "UTC 70s"),
        (595_000, 595, "hear 600 5", "UTC 605s"),
    ] {
        let manifest = rendered(&Project::new("shop", functions(milliseconds)));
        let yaml = file(&manifest, "service.yaml");
        assert!(yaml.contains(&format!("timeoutSeconds: {service}\n")), "{milliseconds}: {yaml}");
        assert!(yaml.contains(&format!("value: \"{service}\"\n")), "{milliseconds}: {yaml}");
        let script = file(&manifest, "deploy.sh");
        assert!(
            script.contains(&format!(" {push} ")) && script.contains(&format!(" {job}\n")),
            "{milliseconds}: {script}"
        );
    }
}

#[test]
fn memory_has_steps_and_needs_processors() {
    for (memory_mb, limits) in [
        (128_u64, "cpu: \"1\"\n              memory: 512Mi"),
        (513, "cpu: \"1\"\n              memory: 513Mi"),
        (4096, "cpu: \"1\"\n              memory: 4096Mi"),
        (4097, "cpu: \"2\"\n              memory: 4097Mi"),
        (16384, "cpu: \"4\"\n              memory: 16384Mi"),
        (20000, "cpu: \"6\"\n              memory: 20000Mi"),
        (32768, "cpu: \"8\"\n              memory: 32768Mi"),
    ] {
        let memory = format!(r#""memory":{},"#, memory_mb * 1024 * 1024);
        let functions = vec![record("hear", 1, &topic("t", ""), &memory)];
        let manifest = rendered(&Project::new("shop", functions));
        assert!(file(&manifest, "service.yaml").contains(limits), "{memory_mb}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn the_order_of_the_functions_does_not_matter(shuffled in Just(orders()).prop_shuffle()) {
        let project = |functions| Project::new("shop", functions);
        prop_assert_eq!(rendered(&project(shuffled)), rendered(&project(orders())));
    }
}
