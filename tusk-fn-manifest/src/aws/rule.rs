//! What functions have in common that a rule of `EventBridge` chooses events for: those of buckets and of the event bus.

use tusk_fn_spec::record::FunctionRecord;

use super::function::{self, Additions};
use super::iam::{self, Policy};
use super::id::{self, Own};
use super::resource::Resources;
use super::{Part, Rendered, asynchronous, cfn, dead_letters};
use crate::RenderErrorKind;
use crate::yaml::{Tree, entries, map};

/// For how long `EventBridge` tries to hand an event to Lambda, in seconds: as long as it may, a day.
const LONGEST_DELIVERY: u64 = 86_400;
/// For how long Lambda keeps an event, in seconds: as long as it may, six hours.
const LONGEST_WAIT: u64 = 21_600;
/// `EventBridge`: 2,048 characters of a pattern ("Amazon `EventBridge` quotas").
const LONGEST_PATTERN: usize = 2048;

/// A rule: which events of which bus.
pub(super) struct Rule {
    pub(super) pattern: Tree,
    /// The attribute's key that says most of the pattern.
    pub(super) key: &'static str,
    /// The bus's ARN; without one it is the account's own.
    pub(super) bus: Option<Tree>,
}

/// The function with its rule.
pub(super) fn part(
    record: &FunctionRecord,
    rule: Rule,
    policies: Vec<Policy>,
    resources: &Resources<'_>,
) -> Rendered<Part> {
    let found = cfn::characters(&rule.pattern);
    if found > LONGEST_PATTERN {
        let kind = RenderErrorKind::PatternTooLong { key: rule.key, found, most: LONGEST_PATTERN };
        return Err(Box::new(kind));
    }
    let name = record.name.as_str();
    let mut properties = asynchronous::properties(record, resources, LONGEST_WAIT);
    let event = map([("Type", "EventBridgeRule".into()), ("Properties", event(record, rule, resources))]);
    properties.push(("Events".to_owned(), map([(id::event::RULE, event)])));
    let mut part = function::part(record, resources, Additions { properties, policies, ..Additions::default() });
    let arn = cfn::attribute(&(id::of(name, Own::Function) + id::event::RULE), "Arn");
    let policy = iam::queue_policy(&id::of(name, Own::DeadLetters), "events.amazonaws.com", arn);
    part.resources.push((id::of(name, Own::DeadLettersPolicy), policy));
    part.expanded = 3; // the rule, its permission to call, and the configuration of asynchronous calls
    Ok(part)
}

fn event(record: &FunctionRecord, rule: Rule, resources: &Resources<'_>) -> Tree {
    let mut properties = Vec::new();
    properties.extend(rule.bus.map(|bus| ("EventBusName".to_owned(), bus)));
    properties.extend(entries([
        ("Pattern", rule.pattern),
        ("RetryPolicy", asynchronous::retry_policy(LONGEST_DELIVERY)),
        ("DeadLetterConfig", map([("Arn", dead_letters::arn(record, resources))])),
    ]));
    Tree::Map(properties)
}
