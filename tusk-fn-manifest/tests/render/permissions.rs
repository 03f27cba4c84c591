//! What holds for every template: permissions name their resources, and what is referred to is there.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use tusk_fn_spec::record::FunctionRecord;

use crate::records::{orders, outputs, queue, record, shop};
use crate::rendered;

/// A template whose tags are gone.
type Value = serde_json::Value;

fn read(text: &str) -> Value {
    let plain: Vec<String> = text.lines().map(untagged).collect();
    serde_saphyr::from_str(&plain.join("\n")).unwrap()
}

/// A line in which `!Ref A` and `!GetAtt A.B` are written as `!Sub` would have them.
fn untagged(line: &str) -> String {
    for tag in ["!GetAtt ", "!Ref ", "!Sub "] {
        if let Some((before, after)) = line.split_once(tag) {
            let text = after.trim_matches('\'');
            let text = if tag == "!Sub " { text.to_owned() } else { format!("${{{text}}}") };
            return format!("{before}{}", serde_json::Value::from(text));
        }
    }
    line.to_owned()
}

/// Every value of that key, however deep.
fn each<'a>(value: &'a Value, key: &str, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(entries) => {
            found.extend(entries.get(key));
            for value in entries.values() {
                each(value, key, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|value| each(value, key, found)),
        _ => {}
    }
}

fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Object(entries) => entries.values().for_each(|value| texts(value, found)),
        Value::Array(items) => items.iter().for_each(|value| texts(value, found)),
        _ => {}
    }
}

/// Whether a statement's resource is one, or all objects of one bucket.
fn is_named(resource: &str) -> bool {
    let (named, objects) = resource.strip_suffix("/*").map_or((resource, false), |bucket| (bucket, true));
    let is_bucket = named.ends_with("Bucket.Arn}") || named.starts_with("arn:aws:s3:::");
    !named.contains('*') && named.len() > 10 && (!objects || is_bucket)
}

pub(crate) fn check(template: &str) {
    let template = read(template);
    let mut resources = Vec::new();
    each(&template, "Resource", &mut resources);
    for resource in resources {
        let mut named = Vec::new();
        texts(resource, &mut named);
        assert!(!named.is_empty() && named.iter().all(|it| is_named(it)), "{resource}");
    }
    let mut actions = Vec::new();
    each(&template, "Statement", &mut actions);
    for statement in actions.iter().flat_map(|list| list.as_array().unwrap()).filter(|it| it["Effect"] == "Allow") {
        let mut allowed = Vec::new();
        texts(&statement["Action"], &mut allowed);
        assert!(allowed.iter().all(|action| !action.contains('*')), "{statement}");
        assert_ne!(statement["Principal"], "*");
    }
    references(&template);
    environments(&template);
    dead_letters(&template);
}

/// A function is told of resources in JSON, and may use each of them. What has no caller is told where to give up to.
fn environments(template: &Value) {
    let resources = template["Resources"].as_object().unwrap();
    for (id, function) in resources.iter().filter(|(_, it)| it["Type"] == "AWS::Serverless::Function") {
        let properties = &function["Properties"];
        let told = properties["Environment"]["Variables"]["TUSK_FN_RESOURCES"].as_str().unwrap_or("{}");
        let told: BTreeMap<String, String> = serde_json::from_str(told).unwrap();
        let role = resources[&id.replace("Function", "Role")].to_string();
        for name in told.values().filter_map(|name| name.strip_prefix("${")?.strip_suffix('}')) {
            assert!(
                role.contains(&format!("${{{name}}}")) || role.contains(&format!("${{{name}.Arn}}")),
                "{id}: {name}"
            );
        }
        let events = properties["Events"].as_object().unwrap();
        let kinds: BTreeSet<&str> = events.values().map(|event| event["Type"].as_str().unwrap()).collect();
        let rejects = kinds.iter().all(|kind| !matches!(*kind, "HttpApi" | "ScheduleV2"));
        assert_eq!(told.contains_key("dead-letter"), rejects, "{id}");
    }
}

/// Whatever takes dead letters and is made here has an alarm.
fn dead_letters(template: &Value) {
    let mut named = Vec::new();
    for key in ["deadLetterTargetArn", "DeadLetterQueue", "DeadLetterConfig", "OnFailure"] {
        let mut found = Vec::new();
        each(template, key, &mut found);
        for value in found {
            texts(value, &mut named);
        }
    }
    for id in named.iter().filter_map(|text| text.strip_prefix("${")?.strip_suffix(".Arn}")) {
        assert_eq!(template["Resources"][format!("{id}Alarm")]["Type"], "AWS::CloudWatch::Alarm", "{id}");
    }
}

/// Whatever is referred to is there, and no function is told of more than it may use.
fn references(template: &Value) {
    let mut known: BTreeSet<String> = BTreeSet::new();
    for part in ["Resources", "Parameters"] {
        known.extend(template[part].as_object().unwrap().keys().cloned());
    }
    for (id, resource) in template["Resources"].as_object().unwrap() {
        let events = resource["Properties"]["Events"].as_object().into_iter().flat_map(|events| events.keys());
        known.extend(events.map(|event| format!("{id}{event}")));
    }
    let mut all = Vec::new();
    texts(template, &mut all);
    for text in all {
        for part in text.split("${").skip(1) {
            let (reference, _) = part.split_once('}').unwrap();
            let id = reference.split('.').next().unwrap();
            assert!(id.starts_with("AWS::") || known.contains(id), "{id} in {text}");
        }
    }
}

/// The resources of a template by their type.
pub(crate) fn types(template: &str) -> BTreeMap<String, usize> {
    let mut types = BTreeMap::new();
    for resource in read(template)["Resources"].as_object().unwrap().values() {
        *types.entry(resource["Type"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    types
}

/// Every output there is.
const OUTPUTS: [&str; 14] = [
    "queue/orders",
    "queue/failed-orders",
    "queue/other",
    "topic/paid",
    "event/com.example.a",
    "event/com.example.b",
    "bucket/invoices",
    "bucket/invoices read",
    "bucket/archive write",
    "table/stock",
    "table/shop/ledger read",
    "table/shop-ledger write",
    "secret/stripe-key",
    "secret/other-key",
];

fn programs() -> impl Strategy<Value = Vec<FunctionRecord>> {
    let functions = [shop(), orders().into_iter().filter(|it| it.name != "sweep").collect()].concat();
    let count = functions.len();
    let used = prop::sample::subsequence(OUTPUTS.to_vec(), 0..=OUTPUTS.len());
    let ordered = any::<bool>().prop_map(|ordered| {
        let more =
            if ordered { r#","ordered":true,"dead_letter":"late""# } else { r#","dead_letter":"failed-orders""# };
        record("in-order", 1, &queue("sequence", more), "")
    });
    (prop::sample::subsequence(functions, 1..=count), used, ordered).prop_map(|(mut functions, used, ordered)| {
        functions.retain(|it| it.name != "azure-only");
        functions.push(record("uses", 2, &queue("work", ""), &outputs(&used)));
        functions.push(ordered);
        functions
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_statement_names_its_resources_and_all_that_is_named_is_there(functions in programs()) {
        check(&rendered(functions).files[0].contents);
    }
}
