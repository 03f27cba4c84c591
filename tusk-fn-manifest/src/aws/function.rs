//! What every function needs: itself, its role, its log group.
//!
//! X-Ray stays off: nothing in the program sends segments, sampling them costs money, and its permissions know no resources.

use tusk_fn_spec::limits::MEGABYTE;
use tusk_fn_spec::record::FunctionRecord;

use super::id::{self, Own};
use super::{Part, attribute, reference, substituted};
use crate::yaml::{Tree, map};

/// The memory of a function that does not say how much it needs, in MB.
const DEFAULT_MEMORY_MB: u64 = 256;
/// AWS Lambda: 256 characters of description.
const LONGEST_DESCRIPTION: usize = 256;

/// A statement of a policy: some actions on one resource.
pub(super) struct Statement {
    pub(super) actions: Vec<&'static str>,
    pub(super) resource: Tree,
}

/// What a trigger adds to a function.
#[derive(Default)]
pub(super) struct Additions {
    /// Properties of the function.
    pub(super) properties: Vec<(String, Tree)>,
    /// What the function may do beside logging, with a name for it.
    pub(super) policies: Vec<(&'static str, Statement)>,
    /// Checks of checkov that are not for such a function, and why.
    pub(super) skipped: Vec<(&'static str, &'static str)>,
}

/// The function, its role and its log group.
pub(super) fn part(record: &FunctionRecord, additions: Additions) -> Part {
    let name = record.name.as_str();
    let logs = Statement {
        actions: vec!["logs:CreateLogStream", "logs:PutLogEvents"],
        resource: attribute(&id::of(name, Own::Logs), "Arn"),
    };
    let mut policies = vec![("logs", logs)];
    policies.extend(additions.policies);
    let resources = vec![
        (id::of(name, Own::Function), function(record, additions.properties, &additions.skipped)),
        (id::of(name, Own::Role), role("lambda.amazonaws.com", None, policies)),
        (id::of(name, Own::Logs), log_group(&format!("/aws/lambda/${{AWS::StackName}}/{name}"))),
    ];
    Part { resources, ..Part::default() }
}

fn function(record: &FunctionRecord, own: Vec<(String, Tree)>, skipped: &[(&str, &str)]) -> Tree {
    let name = record.name.as_str();
    let timeout = u64::try_from(record.timeout().as_millis().div_ceil(1000)).unwrap_or(u64::MAX);
    let memory = record.memory.map_or(DEFAULT_MEMORY_MB, |bytes| bytes.div_ceil(MEGABYTE));
    let mut properties = Vec::new();
    if let Some(description) = description(&record.doc) {
        properties.push(("Description".to_owned(), description.into()));
    }
    properties.extend(
        [
            ("MemorySize", memory.into()),
            ("Timeout", timeout.into()),
            ("Role", attribute(&id::of(name, Own::Role), "Arn")),
            ("Environment", map([("Variables", map([("TUSK_FN", name.into())]))])),
            ("LoggingConfig", map([("LogFormat", "JSON".into()), ("LogGroup", reference(&id::of(name, Own::Logs)))])),
        ]
        .map(|(key, value)| (key.to_owned(), value)),
    );
    properties.extend(own);
    map([
        ("Type", "AWS::Serverless::Function".into()),
        ("Metadata", skip(&[&SKIPPED_FOR_ALL, skipped].concat())),
        ("Properties", Tree::Map(properties)),
    ])
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

/// What tells checkov which of its checks are not for a resource, and why.
pub(super) fn skip(checks: &[(&str, &str)]) -> Tree {
    let skipped = checks.iter().map(|(id, reason)| map([("id", (*id).into()), ("comment", (*reason).into())]));
    map([("checkov", map([("skip", Tree::List(skipped.collect()))]))])
}

/// A log group of that name, for as long as the stack exists and each line for as long as the parameter says.
pub(super) fn log_group(name: &str) -> Tree {
    map([
        ("Type", "AWS::Logs::LogGroup".into()),
        ("DeletionPolicy", "Delete".into()),
        ("UpdateReplacePolicy", "Delete".into()),
        ("Metadata", skip(&[("CKV_AWS_158", "CloudWatch Logs encrypts it with its own key; another one costs money")])),
        ("Properties", map([("LogGroupName", substituted(name)), ("RetentionInDays", reference(id::RETENTION))])),
    ])
}

/// A role that one service may take on, and what it may do then.
pub(super) fn role(service: &str, condition: Option<Tree>, policies: Vec<(&'static str, Statement)>) -> Tree {
    let mut trust = vec![
        ("Effect".to_owned(), "Allow".into()),
        ("Principal".to_owned(), map([("Service", service.into())])),
        ("Action".to_owned(), "sts:AssumeRole".into()),
    ];
    trust.extend(condition.map(|condition| ("Condition".to_owned(), condition)));
    let policies = policies
        .into_iter()
        .map(|(name, statement)| map([("PolicyName", name.into()), ("PolicyDocument", document(allow(statement)))]));
    map([
        ("Type", "AWS::IAM::Role".into()),
        (
            "Properties",
            map([
                ("AssumeRolePolicyDocument", document(Tree::Map(trust))),
                ("Policies", Tree::List(policies.collect())),
            ]),
        ),
    ])
}

fn allow(statement: Statement) -> Tree {
    let action = match statement.actions.as_slice() {
        [one] => (*one).into(),
        many => Tree::List(many.iter().map(|action| (*action).into()).collect()),
    };
    map([("Effect", "Allow".into()), ("Action", action), ("Resource", statement.resource)])
}

fn document(statement: Tree) -> Tree {
    map([("Version", "2012-10-17".into()), ("Statement", [statement].into())])
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
