//! Programs whose functions refer to resources.

use proptest::prelude::*;
use tusk_fn_manifest::{NoteKind, Project, RenderErrorKind, ResourceKind, render};
use tusk_fn_spec::provider::Target;
use tusk_fn_spec::record::FunctionRecord;

use crate::permissions::{check, types};
use crate::records::{blob, database, event, http, orders, outputs, queue, record, stream, timer, topic};
use crate::{assert_golden, errors, messages, rendered};

#[test]
fn a_program_of_all_kinds() {
    let manifest = rendered(orders());
    assert_golden("orders.yaml", &manifest.files[0].contents);
    assert_eq!(messages(&manifest.notes), ["the secret `stripe-key` is made without a value"]);
}

/// Queues that keep an order, and those of which only one end is here.
fn queues() -> Vec<FunctionRecord> {
    vec![
        record("first", 10, &queue("in-order", r#","ordered":true,"dead_letter":"late""#), ""),
        record("second", 20, &queue("also-in-order", r#","ordered":true"#), &outputs(&["queue/late"])),
        record("n_3", 30, &queue("slow", r#","batch_size":11,"max_attempts":1"#), r#""timeout_ms":900000,"#),
        record("send", 40, &timer("0 0 3 * * *", ""), &outputs(&["queue/in-order", "queue/elsewhere"])),
    ]
}

#[test]
fn queues_keep_an_order_where_functions_say_so() {
    assert_golden("queues.yaml", &rendered(queues()).files[0].contents);
}

fn existing() -> Project {
    let functions = vec![
        record("receive", 10, &queue("orders", r#","ordered":true,"dead_letter":"failed""#), &outputs(&["topic/paid"])),
        record("hear", 20, &topic("paid", r#","filter":["region != eu | us"]"#), ""),
        record(
            "import",
            30,
            &blob("uploads/<name>.csv", r#"["created","deleted"]"#),
            &outputs(&["bucket/uploads write"]),
        ),
        record("follow", 40, &database("stock", r#"["insert"]"#), &outputs(&["table/shop/ledger"])),
        record("read", 50, &stream("clicks", ""), &outputs(&["secret/stripe-key", "event/com.example.read"])),
        record("react", 60, &event("com.example.*", ""), &outputs(&["queue/orders"])),
    ];
    let arn = |service: &str, rest: &str| format!("arn:aws:{service}:eu-central-1:123456789012:{rest}");
    Project::new("legacy", functions)
        .with_existing(ResourceKind::Queue, "orders", arn("sqs", "Orders.fifo"))
        .with_existing(ResourceKind::Queue, "failed", arn("sqs", "Failed.fifo"))
        .with_existing(ResourceKind::Topic, "paid", arn("sns", "Paid"))
        .with_existing(ResourceKind::Bucket, "uploads", "arn:aws:s3:::example-uploads")
        .with_existing(ResourceKind::Table, "stock", arn("dynamodb", "table/Stock/stream/2026-01-31T12:00:00.000"))
        .with_existing(ResourceKind::Table, "shop/ledger", arn("dynamodb", "table/Ledger"))
        .with_existing(ResourceKind::Stream, "clicks", arn("kinesis", "stream/Clicks"))
        .with_existing(ResourceKind::Secret, "stripe-key", arn("secretsmanager", "secret:stripe-AbCdEf"))
        .with_existing(ResourceKind::EventBus, tusk_fn_manifest::EVENT_BUS, arn("events", "event-bus/Shop"))
        .with_key(ResourceKind::Queue, "orders", key("orders"))
        .with_key(ResourceKind::Queue, "failed", key("orders"))
        .with_key(ResourceKind::Topic, "paid", key("paid"))
        .with_key(ResourceKind::Bucket, "uploads", key("uploads"))
        .with_key(ResourceKind::Table, "stock", key("tables"))
        .with_key(ResourceKind::Table, "shop/ledger", key("tables"))
        .with_key(ResourceKind::Stream, "clicks", key("clicks"))
}

fn key(id: &str) -> String {
    format!("arn:aws:kms:eu-central-1:123456789012:key/{id}")
}

#[test]
fn what_is_there_already_is_not_made() {
    let manifest = render(&existing(), Target::Aws).unwrap();
    let template = &manifest.files[0].contents;
    assert_golden("existing.yaml", template);
    check(template);
    let types = types(template);
    for kind in ["SNS::Topic", "S3::Bucket", "DynamoDB::Table", "Kinesis::Stream", "SecretsManager::Secret"] {
        assert!(!types.contains_key(&format!("AWS::{kind}")), "{kind}");
    }
    // The dead letters of five functions, and the inbox of one.
    assert_eq!(types["AWS::SQS::Queue"], 6);
    assert_eq!(
        messages(&manifest.notes),
        [
            "the queue `orders` is there already, and stays as it is set up",
            "SNS gives a message of `paid` that has no attributes at all to nobody with a filter, although \
             `region!=eu|us` holds for it",
            "the bucket `uploads` is there already, and stays as it is set up",
            "the stack has to be deployed to `eu-central-1`, where the queue `failed` is",
            "what is there already belongs to `123456789012`",
            "functions may use no key of yours that encrypts what is there already: `secret stripe-key`",
        ]
    );
    assert!(manifest.notes.iter().all(|note| note.help().is_some()));
}

#[test]
fn an_existing_resource_is_one_that_somebody_uses() {
    let given = |kind, name: &str, arn: &str| {
        let project = Project::new("shop", orders()).with_existing(kind, name, arn);
        render(&project, Target::Aws).unwrap_err().remove(0)
    };
    let error = given(ResourceKind::Queue, "order", "arn:aws:sqs:eu-central-1:123456789012:orders");
    assert_eq!(error.to_string(), "no function that is deployed to `aws` refers to the queue `order`");
    assert_eq!(error.help().as_deref(), Some("did you mean `orders`?"));
    let error = given(ResourceKind::EventBus, "shop", "arn:aws:events:eu-central-1:123456789012:event-bus/shop");
    assert_eq!(error.to_string(), "no function that is deployed to `aws` refers to the event bus `shop`");
    assert_eq!(error.help().as_deref(), Some("did you mean `default`?"));
    let error = given(ResourceKind::Queue, "orders", "arn:aws:sns:eu-central-1:123456789012:orders");
    assert!(matches!(error.kind, RenderErrorKind::Arn { .. }), "{error}");
    assert!(error.help().unwrap().contains("`arn:aws:sqs:"), "{error}");
    let error = given(ResourceKind::Table, "stock", "arn:aws:dynamodb:eu-central-1:123456789012:table/stock");
    assert_eq!(error.key(), Some("table"));
    assert_eq!(error.place.unwrap().function, "reorder");
    let error = given(ResourceKind::Queue, "orders", "arn:aws:sqs:eu-central-1:123456789012:orders.fifo");
    assert_eq!(error.to_string(), "the queue `orders` keeps an order, and the function does not say so");

    let bucket = "arn:aws:s3:::example";
    let twice = Project::new("shop", orders()).with_existing(ResourceKind::Bucket, "invoices", bucket).with_existing(
        ResourceKind::Bucket,
        "invoices",
        bucket,
    );
    let found = render(&twice, Target::Aws).unwrap_err();
    assert_eq!(found[0].to_string(), "the bucket `invoices` is given twice");
}

/// Each function may use the keys of what it uses, as it uses it, and no other.
#[test]
fn keys_are_granted_for_what_they_encrypt() {
    let arn = |service: &str, name: &str| format!("arn:aws:{service}:eu-central-1:123456789012:{name}");
    let (reads, sends) = ("Action: kms:Decrypt", "- kms:Decrypt\n- kms:GenerateDataKey");
    for (trigger, used, kind, name, arn, granted) in [
        (queue("orders", ""), "topic/paid", ResourceKind::Queue, "orders", arn("sqs", "Orders"), Some(reads)),
        (queue("work", ""), "queue/orders", ResourceKind::Queue, "orders", arn("sqs", "Orders"), Some(sends)),
        (
            queue("work", r#","dead_letter":"late""#),
            "topic/paid",
            ResourceKind::Queue,
            "late",
            arn("sqs", "Late"),
            Some(sends),
        ),
        (queue("work", ""), "topic/paid", ResourceKind::Topic, "paid", arn("sns", "Paid"), Some(sends)),
        (topic("paid", ""), "queue/orders", ResourceKind::Topic, "paid", arn("sns", "Paid"), None),
        (
            queue("work", ""),
            "bucket/files read",
            ResourceKind::Bucket,
            "files",
            "arn:aws:s3:::files".to_owned(),
            Some(reads),
        ),
        (
            queue("work", ""),
            "bucket/files write",
            ResourceKind::Bucket,
            "files",
            "arn:aws:s3:::files".to_owned(),
            Some(sends),
        ),
        (
            blob("files/<path..>", r#"["deleted"]"#),
            "topic/paid",
            ResourceKind::Bucket,
            "files",
            "arn:aws:s3:::files".to_owned(),
            None,
        ),
        (
            queue("work", ""),
            "secret/key",
            ResourceKind::Secret,
            "key",
            arn("secretsmanager", "secret:key-AbCdEf"),
            Some(reads),
        ),
        (queue("work", ""), "table/stock", ResourceKind::Table, "stock", arn("dynamodb", "table/Stock"), Some(reads)),
    ] {
        let functions = vec![record("handle", 1, &trigger, &outputs(&[used]))];
        let project = Project::new("shop", functions).with_existing(kind, name, arn);
        let without = render(&project, Target::Aws).unwrap();
        assert!(!without.files[0].contents.contains("kms:"), "{kind} {used}");
        let asks = |notes| messages(notes).iter().any(|note| note.contains("no key of yours"));
        assert_eq!(asks(&without.notes), granted.is_some(), "{kind} {used}");
        let with = render(&project.with_key(kind, name, key("1")), Target::Aws).unwrap();
        let plain: String = with.files[0].contents.lines().map(|line| line.trim_start().to_owned() + "\n").collect();
        assert_eq!(plain.contains(&key("1")), granted.is_some(), "{kind} {used}");
        assert!(granted.is_none_or(|granted| plain.contains(granted)), "{kind} {used}: {plain}");
        assert_eq!(plain.contains("kms:GenerateDataKey"), granted == Some(sends), "{kind} {used}");
        assert!(!asks(&with.notes), "{kind} {used}");
    }
}

#[test]
fn a_key_is_one_of_an_existing_resource() {
    let queue = "arn:aws:sqs:eu-central-1:123456789012:orders";
    let given = |project: Project| render(&project, Target::Aws).unwrap_err().remove(0);
    let shop = || Project::new("shop", orders());
    let error = given(shop().with_key(ResourceKind::Queue, "orders", key("1")));
    assert!(
        error.to_string().ends_with("of which a key is given, is not given as one that is there already"),
        "{error}"
    );
    assert!(error.help().unwrap().contains("`--existing queue/orders=ARN`"));
    let shop = || shop().with_existing(ResourceKind::Queue, "orders", queue);
    let error = given(shop().with_key(ResourceKind::Queue, "orders", "alias/orders"));
    assert_eq!(error.to_string(), "`alias/orders` is to be the key of the queue `orders`, and is not the ARN of a key");
    let twice = shop().with_key(ResourceKind::Queue, "orders", key("1"));
    let error = given(twice.with_key(ResourceKind::Queue, "orders", key("2")));
    assert_eq!(error.to_string(), "the queue `orders` is given twice");
}

#[test]
fn what_is_elsewhere_works_or_is_said() {
    let functions = vec![
        record("receive", 1, &queue("orders", ""), &outputs(&["table/stock", "bucket/files"])),
        record("count", 2, &stream("clicks", ""), ""),
    ];
    let project = |region: &str, account: &str| {
        Project::new("shop", functions.clone())
            .with_existing(ResourceKind::Queue, "orders", "arn:aws:sqs:eu-central-1:123456789012:orders")
            .with_existing(
                ResourceKind::Stream,
                "clicks",
                format!("arn:aws:kinesis:{region}:123456789012:stream/clicks"),
            )
            .with_existing(ResourceKind::Table, "stock", format!("arn:aws:dynamodb:us-east-1:{account}:table/Stock"))
            .with_existing(ResourceKind::Bucket, "files", "arn:aws:s3:::files")
    };
    // A table is written to wherever it is: the client is told its ARN.
    let manifest = render(&project("eu-central-1", "210987654321"), Target::Aws).unwrap();
    assert!(
        manifest.files[0].contents.contains(r#""table/stock":"arn:aws:dynamodb:us-east-1:210987654321:table/Stock""#)
    );
    let notes = messages(&manifest.notes);
    for said in [
        "the bucket `files` is there already, and its ARN does not say where",
        "the stack has to be deployed to `eu-central-1`, where the queue `orders` is",
        "what is there already belongs to `123456789012` and `210987654321`",
    ] {
        assert!(notes.contains(&said.to_owned()), "{notes:?}");
    }
    // What triggers a function is in the function's region.
    let found = render(&project("us-east-1", "123456789012"), Target::Aws).unwrap_err();
    assert_eq!(
        found[0].to_string(),
        "the queue `orders` in `eu-central-1` and the stream `clicks` in `us-east-1` cannot both be in the region of \
         the stack, where they are needed"
    );
    assert_eq!((found.len(), found[0].place.as_ref().unwrap().line), (1, 2));
}

/// A message lives until its last attempt, and its dead letter for a day at least.
#[test]
fn a_message_is_kept_for_all_its_attempts() {
    let timeout = |seconds: u64| format!(r#""timeout_ms":{},"#, seconds * 1000);
    for (seconds, attempts, kept) in [
        (30, 5, Some(345_600)),
        (900, 47, Some(345_600)),
        (900, 70, Some(464_400)),
        (900, 208, Some(1_209_600)),
        (900, 209, None),
    ] {
        let attempts = format!(r#","max_attempts":{attempts}"#);
        for trigger in [queue("orders", &attempts), topic("orders", &attempts)] {
            let functions = vec![record("handle", 1, &trigger, &timeout(seconds))];
            let Some(kept) = kept else {
                let error = errors(functions).remove(0);
                assert_eq!(error.key(), Some("max_attempts"));
                assert_eq!(
                    error.to_string(),
                    "a message that fails is hidden for 5400 seconds after each of 209 attempts, and SQS deletes it \
                     after 14 days, before it is dead-lettered"
                );
                assert_eq!(error.help().unwrap(), "write `max_attempts = 208` or less, or a shorter `timeout`");
                continue;
            };
            let template = &rendered(functions).files[0].contents;
            assert!(
                template.contains(&format!("MessageRetentionPeriod: {kept}\n")),
                "{seconds} {attempts}: {template}"
            );
        }
    }
}

#[test]
fn queues_that_give_up_agree_with_where_to() {
    let gives_up = |name: &str, from: &str, to: &str, more: &str| {
        record(name, 1, &queue(from, &format!(r#","dead_letter":"{to}"{more}"#)), "")
    };
    let ordered = r#","ordered":true"#;
    let found = errors(vec![gives_up("a", "a", "late", ordered), gives_up("b", "b", "late", "")]);
    assert_eq!(found[0].to_string(), "the queue `late` keeps an order, and takes nothing from one that keeps none");
    assert_eq!((found.len(), found[0].key()), (1, Some("dead_letter")));

    let circle = vec![gives_up("a", "a", "b", ""), gives_up("b", "b", "c", ""), gives_up("c", "c", "b", "")];
    let found = errors(circle);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].to_string(), "the queues `b` and `c` give up to each other");
}

#[test]
fn a_function_is_told_no_more_than_its_environment_holds() {
    let many: Vec<String> = (0..40).map(|at| format!("queue/orders-of-the-customer-{at}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let found = errors(vec![record("all", 7, &http("all", "\"any\"", "platform"), &outputs(&many))]);
    assert!(matches!(found[0].kind, RenderErrorKind::EnvironmentTooLong { most: 4096, .. }), "{}", found[0]);
    assert_eq!(found[0].place.as_ref().unwrap().line, 7);
}

#[test]
fn a_pattern_is_no_longer_than_a_rule_takes() {
    let found = errors(vec![record("x", 1, &event(&"x".repeat(2048), ""), "")]);
    assert!(matches!(found[0].kind, RenderErrorKind::PatternTooLong { key: "type", .. }), "{found:?}");
}

#[test]
fn more_readers_than_a_table_feeds_are_worth_a_note() {
    let readers = ["a", "b", "c"].map(|name| record(name, 1, &database("stock", r#"["insert"]"#), ""));
    let notes = rendered(readers.into()).notes;
    assert!(matches!(notes[0].kind, NoteKind::Readers { readers: 3, most: 2, .. }), "{notes:?}");
}

#[test]
fn there_are_no_more_outputs_than_a_template_takes() {
    let outputs_of = |at: u32| outputs(&[&format!("topic/t{at}"), &format!("topic/u{at}"), &format!("topic/v{at}")]);
    let functions = (0..68)
        .map(|at| record(&format!("f{at}"), at, &http(&format!("f{at}"), r#"["POST"]"#, "platform"), &outputs_of(at)));
    let found: Vec<String> = errors(functions.collect()).iter().map(ToString::to_string).collect();
    assert!(
        found.contains(&"the program needs 205 outputs of its stack, and a template has 200 at most".to_owned()),
        "{found:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn the_order_of_functions_that_share_resources_does_not_matter(shuffled in Just(orders()).prop_shuffle()) {
        prop_assert_eq!(rendered(shuffled), rendered(orders()));
    }
}
