//! Where a function's events go that could not be handled, so that none is lost without a trace.
//!
//! There are three ways there: the service that brings the events gives up, the queue that they come from does, or a handler
//! rejects one and the program sends it there itself. Whoever writes `dead_letter` names a queue for that; every other function
//! has one of its own, except those that answer requests: their callers see what failed.
//!
//! Which queues may give up to such a queue (`RedriveAllowPolicy`) stays open to the account: naming them would be a circle,
//! since they name it and `CloudFormation` makes up the names of both.

use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::Trigger;

use super::cfn::{self, Keep};
use super::iam::{Policy, Statement};
use super::id::{self, Own};
use super::resource::{Resources, is_ordered};
use super::{Part, alarm};
use crate::ResourceKind;
use crate::yaml::{Tree, entries};

/// For how long they are kept, in seconds: as long as SQS allows, 14 days.
pub(super) const KEPT: u64 = 1_209_600;

/// The queue of a function's dead letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DeadLetters<'a> {
    /// One of the function of that name only.
    Own(&'a str),
    /// The queue of that logical name.
    Queue(&'a str),
}

impl<'a> DeadLetters<'a> {
    /// Of that function.
    pub(super) fn of(record: &'a FunctionRecord) -> Option<Self> {
        match &record.trigger {
            Trigger::Http(_) => None,
            Trigger::Queue(queue) => Some(queue.dead_letter.as_deref().map_or(Self::Own(&record.name), Self::Queue)),
            Trigger::Timer(_)
            | Trigger::Blob(_)
            | Trigger::Topic(_)
            | Trigger::Database(_)
            | Trigger::Stream(_)
            | Trigger::Event(_) => Some(Self::Own(&record.name)),
        }
    }

    /// The queue's ARN.
    pub(super) fn arn(self, resources: &Resources<'_>) -> String {
        match self {
            Self::Own(function) => format!("${{{}.Arn}}", id::of(function, Own::DeadLetters)),
            Self::Queue(name) => resources.arn(ResourceKind::Queue, name),
        }
    }

    /// The queue's URL.
    pub(super) fn url(self, resources: &Resources<'_>) -> String {
        match self {
            Self::Own(function) => format!("${{{}}}", id::of(function, Own::DeadLetters)),
            Self::Queue(name) => resources.physical(ResourceKind::Queue, name),
        }
    }
}

/// The ARN of the queue of a function's dead letters, for whoever sends there. Those who have none never ask.
pub(super) fn arn(record: &FunctionRecord, resources: &Resources<'_>) -> Tree {
    cfn::value(&DeadLetters::of(record).unwrap_or(DeadLetters::Own(&record.name)).arn(resources))
}

/// What the function itself, and Lambda in its name, may do with the queue.
pub(super) fn policy(record: &FunctionRecord, resources: &Resources<'_>) -> Option<Policy> {
    let dead_letters = DeadLetters::of(record)?;
    Some(Policy::new("dead-letters", vec![send(dead_letters, resources)]))
}

/// Sending to the queue.
pub(super) fn send(dead_letters: DeadLetters<'_>, resources: &Resources<'_>) -> Statement {
    Statement::new(&["sqs:SendMessage"], cfn::value(&dead_letters.arn(resources)))
}

/// The queue, if it is the function's own, with its alarm.
pub(super) fn part(record: &FunctionRecord) -> Part {
    let Some(DeadLetters::Own(name)) = DeadLetters::of(record) else { return Part::default() };
    let queue = id::of(name, Own::DeadLetters);
    let alarm = alarm::alarm(&queue, format!("`{name}` could not handle something"));
    let output = cfn::output(format!("The queue of the events that `{name}` could not handle"), cfn::reference(&queue));
    Part {
        resources: vec![
            (queue.clone(), sqs_queue(is_ordered(record), KEPT, Vec::new())),
            (id::of(name, Own::DeadLettersAlarm), alarm),
        ],
        outputs: vec![(queue, output)],
        ..Part::default()
    }
}

/// A queue whose messages are kept for so many seconds. It is retained: whoever removes a function may still want what was
/// accepted and not handled.
pub(super) fn sqs_queue(ordered: bool, kept: u64, more: Vec<(String, Tree)>) -> Tree {
    let mut properties = entries([("SqsManagedSseEnabled", true.into())]);
    if ordered {
        // CloudFormation puts `.fifo` behind the name that it makes up. Equal contents are not taken for one message: two equal
        // orders are two orders, and whoever sends says which messages are one.
        properties.extend(entries([("FifoQueue", true.into()), ("ContentBasedDeduplication", false.into())]));
    }
    properties.extend(entries([("MessageRetentionPeriod", kept.into())]));
    properties.extend(more);
    let skipped = [("CKV_AWS_27", "SQS encrypts it with its own key (SqsManagedSseEnabled); another one costs money")];
    cfn::stateful("AWS::SQS::Queue", Keep::Always, &skipped, properties)
}
