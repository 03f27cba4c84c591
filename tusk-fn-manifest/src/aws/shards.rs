//! What functions have in common that read a log in the order of its shards: those of a table's changes, and those of a stream.
//!
//! A shard waits while one of its items fails. So a batch is halved until the item stands alone, it is tried a number of times,
//! and then a note of it, not the item itself, goes to the dead letters: the log has the item for a while.

use tusk_fn_spec::record::FunctionRecord;

use super::function::{self, Additions};
use super::iam::Policy;
use super::resource::Resources;
use super::{Part, dead_letters};
use crate::yaml::{Tree, entries, map};

/// How often an item is tried again. Its shard waits for it, so this is no matter of hours; but it is long enough for what
/// else fails for a short while.
const MOST_RETRIES: u64 = 10;

/// What a function reads, and how.
pub(super) struct Shards {
    /// The kind of SAM's event, and its name.
    pub(super) event: (&'static str, &'static str),
    /// The ARN of what is read.
    pub(super) log: Tree,
    pub(super) batch_size: u32,
    /// Whether what was there before the function is read as well.
    pub(super) from_oldest: bool,
    /// For how long the log keeps an item, in seconds: it is not given up before for its age.
    pub(super) kept: u64,
    /// Which items are wanted, if not all are.
    pub(super) filter: Option<Tree>,
    pub(super) policy: Policy,
}

pub(super) fn part(record: &FunctionRecord, shards: Shards, resources: &Resources<'_>) -> Part {
    let (kind, name) = shards.event;
    let on_failure = map([("Type", "SQS".into()), ("Destination", dead_letters::arn(record, resources))]);
    let start = if shards.from_oldest { "TRIM_HORIZON" } else { "LATEST" };
    let mut event = entries([
        ("Stream", shards.log),
        ("StartingPosition", start.into()),
        ("BatchSize", u64::from(shards.batch_size).into()),
    ]);
    event.extend(shards.filter.map(|filter| ("FilterCriteria".to_owned(), map([("Filters", [filter].into())]))));
    event.extend(entries([
        ("FunctionResponseTypes", ["ReportBatchItemFailures"].into()),
        ("BisectBatchOnFunctionError", true.into()),
        ("MaximumRetryAttempts", MOST_RETRIES.into()),
        ("MaximumRecordAgeInSeconds", shards.kept.into()),
        ("DestinationConfig", map([("OnFailure", on_failure)])),
    ]));
    let event = map([("Type", kind.into()), ("Properties", Tree::Map(event))]);
    let additions = Additions {
        properties: entries([("Events", map([(name, event)]))]),
        policies: vec![shards.policy],
        skipped: vec![("CKV_AWS_116", "Lambda reads a log for it, and sends what fails to its dead letters")],
    };
    Part { expanded: 1, ..function::part(record, resources, additions) } // what reads the log
}
