//! What every function needs: itself, its role, its log group.
//!
//! X-Ray stays off: nothing in the program sends segments, sampling them costs money, and its permissions know no resources.

use tusk_fn_spec::limits::MEGABYTE;
use tusk_fn_spec::record::FunctionRecord;

use super::cfn::{self, Keep};
use super::iam::{Policy, Statement, role};
use super::id::{self, Own};
use super::resource::Resources;
use super::{Part, dead_letters, environment, idempotency, keys, outputs};
use crate::yaml::{Tree, entries, map};

/// The memory of a function that does not say how much it needs, in MB.
const DEFAULT_MEMORY_MB: u64 = 256;
/// AWS Lambda: 256 characters of description.
const LONGEST_DESCRIPTION: usize = 256;

/// What a trigger adds to a function.
#[derive(Default)]
pub(super) struct Additions {
    /// Properties of the function.
    pub(super) properties: Vec<(String, Tree)>,
    /// What the function may do for its trigger.
    pub(super) policies: Vec<Policy>,
    /// Checks of checkov that are not for such a function, and why.
    pub(super) skipped: Vec<(&'static str, &'static str)>,
}

/// The function, its role and its log group.
pub(super) fn part(record: &FunctionRecord, resources: &Resources<'_>, additions: Additions) -> Part {
    let name = record.name.as_str();
    let Additions { properties, policies, skipped } = additions;
    let log = &["logs:CreateLogStream", "logs:PutLogEvents"];
    let logs = Statement::new(log, cfn::attribute(&id::of(name, Own::Logs), "Arn"));
    let mut all = vec![Policy::new("logs", vec![logs])];
    all.extend(dead_letters::policy(record, resources));
    all.extend(policies);
    all.extend(outputs::policy(record, resources));
    all.extend(idempotency::policy(record));
    all.extend(keys::policy(record, resources));
    let resources = vec![
        (id::of(name, Own::Function), function(record, resources, properties, &skipped)),
        (id::of(name, Own::Role), role("lambda.amazonaws.com", None, all)),
        (id::of(name, Own::Logs), log_group(&format!("/aws/lambda/${{AWS::StackName}}/{name}"))),
    ];
    Part { resources, ..Part::default() }
}

fn function(
    record: &FunctionRecord,
    resources: &Resources<'_>,
    own: Vec<(String, Tree)>,
    skipped: &[(&str, &str)],
) -> Tree {
    let name = record.name.as_str();
    let memory = record.memory.map_or(DEFAULT_MEMORY_MB, |bytes| bytes.div_ceil(MEGABYTE));
    let mut properties = Vec::new();
    if let Some(description) = description(&record.doc) {
        properties.push(("Description".to_owned(), description.into()));
    }
    properties.extend(entries([
        ("MemorySize", memory.into()),
        ("Timeout", timeout_of(record).into()),
        ("Role", cfn::attribute(&id::of(name, Own::Role), "Arn")),
        ("Environment", map([("Variables", environment::variables(record, resources))])),
        ("LoggingConfig", map([("LogFormat", "JSON".into()), ("LogGroup", cfn::reference(&id::of(name, Own::Logs)))])),
    ]));
    properties.extend(own);
    map([
        ("Type", "AWS::Serverless::Function".into()),
        ("Metadata", cfn::skip(&[&SKIPPED_FOR_ALL, skipped].concat())),
        ("Properties", Tree::Map(properties)),
    ])
}

/// A function's timeout as Lambda has it: in whole seconds.
pub(super) fn timeout_of(record: &FunctionRecord) -> u64 {
    u64::try_from(record.timeout().as_millis().div_ceil(1000)).unwrap_or(u64::MAX)
}

/// The first paragraph of the documentation as one line, cut where Lambda would refuse it.
fn description(doc: &str) -> Option<String> {
    let line = doc.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() {
        return None;
    }
    if line.chars().count() <= LONGEST_DESCRIPTION {
        return Some(line);
    }
    let kept: String = line.chars().take(LONGEST_DESCRIPTION - 1).collect();
    Some(kept.trim_end().to_owned() + "…")
}

const SKIPPED_FOR_ALL: [(&str, &str); 3] = [
    ("CKV_AWS_115", "Reserved concurrency is taken out of the account's pool; the account's limit applies instead"),
    ("CKV_AWS_117", "The function uses nothing within a private network"),
    ("CKV_AWS_173", "The environment holds no secrets, and Lambda encrypts it with its own key"),
];

/// A log group of that name, for as long as the stack exists and each line for as long as the parameter says.
pub(super) fn log_group(name: &str) -> Tree {
    let skipped = [("CKV_AWS_158", "CloudWatch Logs encrypts it with its own key; another one costs money")];
    let properties =
        entries([("LogGroupName", cfn::substituted(name)), ("RetentionInDays", cfn::reference(id::RETENTION))]);
    cfn::stateful("AWS::Logs::LogGroup", Keep::WithStack, &skipped, properties)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed expectation is a failed test")]
mod tests {
    use super::*;

    #[test]
    fn a_description_is_one_line_that_lambda_accepts() {
        assert_eq!(description(" \n"), None);
        assert_eq!(description("Looks up\n one user.").as_deref(), Some("Looks up one user."));
        let long = description(&"ä".repeat(300)).unwrap();
        assert_eq!(long.chars().count(), LONGEST_DESCRIPTION);
        assert!(long.ends_with("ä…"));
    }
}
