//! What functions have in common that Lambda queues events for: those of timers, buckets and the event bus.
//!
//! A service hands an event to Lambda, which queues it and calls the function. Each of the two tries again for a while and then
//! gives up; what they give up goes to the function's dead letters.

use tusk_fn_spec::record::FunctionRecord;

use super::dead_letters;
use super::resource::Resources;
use crate::yaml::{Tree, entries, map};

/// How often a service tries at most to hand an event to Lambda: as often as it may, so that the time decides.
pub(super) const MOST_DELIVERIES: u64 = 185;
/// How often Lambda tries again after the function failed: as often as it may.
const MOST_RETRIES: u64 = 2;

/// The function's properties for that. Lambda keeps an event for that many seconds at most.
pub(super) fn properties(record: &FunctionRecord, resources: &Resources<'_>, longest: u64) -> Vec<(String, Tree)> {
    entries([
        ("DeadLetterQueue", map([("Type", "SQS".into()), ("TargetArn", dead_letters::arn(record, resources))])),
        (
            "EventInvokeConfig",
            map([("MaximumEventAgeInSeconds", longest.into()), ("MaximumRetryAttempts", MOST_RETRIES.into())]),
        ),
    ])
}

/// For how long, in seconds, the service tries to hand an event to Lambda.
pub(super) fn retry_policy(longest: u64) -> Tree {
    map([("MaximumEventAgeInSeconds", longest.into()), ("MaximumRetryAttempts", MOST_DELIVERIES.into())])
}
