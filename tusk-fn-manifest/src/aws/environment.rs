//! What a running function is told beside its name: what the resources are called that it needs.
//!
//! One variable, `TUSK_FN_RESOURCES`, holds an object of JSON: `queue/orders` is the queue's URL, `bucket/invoices` the bucket's
//! name, `table/stock` the table's, or its ARN if it was there before, `topic/paid` and `secret/stripe-key` ARNs, `event` the bus, `dead-letter` the URL of the queue for what the function
//! rejects, `idempotency` the table of the deliveries that it has handled.

use std::collections::BTreeMap;

use tusk_fn_spec::output::OutputKind;
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::Trigger;

use super::dead_letters::DeadLetters;
use super::resource::{Resources, resource_of};
use super::{cfn, id};
use crate::yaml::{Tree, entries};

/// AWS Lambda: 4 KB for all variables of a function ("Lambda quotas").
pub(super) const MOST_BYTES: usize = 4096;
/// What the template says for all functions.
pub(super) const PROVIDER: (&str, &str) = ("TUSK_FN_PROVIDER", "aws");
const FUNCTION: &str = "TUSK_FN";
const RESOURCES: &str = "TUSK_FN_RESOURCES";

/// The names of a function's resources, each with `${…}` where `CloudFormation` puts in what it made up.
fn names(record: &FunctionRecord, resources: &Resources<'_>) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for output in &record.outputs {
        let (kind, name) = resource_of(output);
        let key = match output.kind {
            OutputKind::Event => "event".to_owned(),
            OutputKind::Queue | OutputKind::Topic | OutputKind::Bucket | OutputKind::Table | OutputKind::Secret => {
                format!("{}/{}", output.kind.name(), output.name)
            }
        };
        names.insert(key, resources.physical(kind, name));
    }
    if let Some(dead_letters) = rejected(record) {
        names.insert("dead-letter".to_owned(), dead_letters.url(resources));
    }
    if record.idempotent.is_some() {
        names.insert("idempotency".to_owned(), format!("${{{}}}", id::IDEMPOTENCY));
    }
    names
}

/// Where a handler's rejected events go. A timer has nothing to reject.
fn rejected(record: &FunctionRecord) -> Option<DeadLetters<'_>> {
    match &record.trigger {
        Trigger::Http(_) | Trigger::Timer(_) => None,
        Trigger::Blob(_)
        | Trigger::Queue(_)
        | Trigger::Topic(_)
        | Trigger::Database(_)
        | Trigger::Stream(_)
        | Trigger::Event(_) => DeadLetters::of(record),
    }
}

/// The function's own variables.
pub(super) fn variables(record: &FunctionRecord, resources: &Resources<'_>) -> Tree {
    let mut variables = entries([(FUNCTION, record.name.as_str().into())]);
    let names = names(record, resources);
    if !names.is_empty() {
        variables.push((RESOURCES.to_owned(), cfn::value(&json(&names))));
    }
    Tree::Map(variables)
}

fn json(names: &BTreeMap<String, String>) -> String {
    let value = |text: &String| serde_json::Value::from(text.as_str());
    let pairs: Vec<String> = names.iter().map(|(key, name)| format!("{}:{}", value(key), value(name))).collect();
    format!("{{{}}}", pairs.join(","))
}

/// How many bytes a function's variables will have, where a stack has a name of so many.
///
/// It is an estimate, as `CloudFormation` makes up names only when it deploys. It refuses too many itself, but late.
pub(super) fn bytes(record: &FunctionRecord, resources: &Resources<'_>, stack: usize) -> usize {
    let fixed = FUNCTION.len() + record.name.len() + PROVIDER.0.len() + PROVIDER.1.len();
    let names = names(record, resources);
    if names.is_empty() {
        return fixed;
    }
    fixed + RESOURCES.len() + resolved_length(&json(&names), stack)
}

/// The length of a text when what `${…}` stands for is put in.
fn resolved_length(text: &str, stack: usize) -> usize {
    let mut length = 0;
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, behind) = after.split_once('}').unwrap_or((after, ""));
        length += before.len() + length_of(name, stack);
        rest = behind;
    }
    length + rest.len()
}

/// The length of what a reference to that logical id stands for: a name of the form `stack-id-a1b2c3d4e5f6`, at most as long
/// as the service allows, with what the service puts around it.
fn length_of(logical: &str, stack: usize) -> usize {
    /// Between the parts of a name, and at its end.
    const RANDOM: usize = 1 + 1 + 12;
    const ARN: usize = "arn:aws:sns:ap-southeast-1:123456789012:".len();
    const QUEUE_URL: usize = "https://sqs.ap-southeast-1.amazonaws.com/123456789012/".len();
    const SECRET: usize = "arn:aws:secretsmanager:ap-southeast-1:123456789012:secret:/-a1b2c3".len();
    let name = stack + logical.len() + RANDOM;
    match logical {
        "AWS::URLSuffix" => "amazonaws.com".len(),
        id if id.ends_with("Topic") => ARN + name.min(256),
        id if id.ends_with("Bucket") => name.min(63),
        id if id.ends_with("Secret") => SECRET + stack + logical.len(),
        id if id.ends_with("Table") || id == id::IDEMPOTENCY => name.min(255),
        _ => QUEUE_URL + name.min(80),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_counted_at_their_length() {
        assert_eq!(resolved_length("abc", 4), 3);
        let bucket = "shop-invoicesbucket-a1b2c3d4e5f6";
        assert_eq!(resolved_length("[${InvoicesBucket}]", 4), bucket.len() + 2);
        let queue = "https://sqs.ap-southeast-1.amazonaws.com/123456789012/shop-OrdersQueue-a1b2c3d4e5f6";
        assert_eq!(resolved_length("${OrdersQueue}", 4), queue.len());
        assert_eq!(resolved_length("${OrdersQueue}", 400), queue.len() - "shop-OrdersQueue-a1b2c3d4e5f6".len() + 80);
    }
}
