//! What functions have in common that receive messages of an SQS queue: those of a queue, and those of a topic.
//!
//! The event source asks for `ReportBatchItemFailures` always: the program answers with the messages that failed, and without
//! this Lambda would take all for handled.

use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::queue::Delivery;

use super::function::{Additions, timeout_of};
use super::iam::{Policy, Statement};
use super::{Rendered, cfn, dead_letters, id};
use crate::RenderErrorKind;
use crate::yaml::{Tree, entries, map};

/// Lambda waits for more messages than this only if it is told for how long ("`MaximumBatchingWindowInSeconds`").
const MOST_WITHOUT_WAITING: u32 = 10;
/// How many times a function's timeout a message stays hidden, so that it can be tried again while others wait: AWS's advice
/// ("Configuring a queue to use with Lambda").
const TIMEOUTS_HIDDEN: u64 = 6;

/// For how long a message waits for the function at least, in seconds: four days, as SQS has it by itself.
const LEAST_KEPT: u64 = 345_600;
/// How long is left for a message after its last attempt, in seconds: a day. It is left to the dead letter too, whose
/// age counts from when the message was sent ("Amazon SQS dead-letter queues").
const LEFT: u64 = 86_400;

/// What receives the messages of a queue, given by its ARN.
pub(super) fn additions(queue: &str, delivery: Delivery) -> Additions {
    let mut event = entries([("Queue", cfn::value(queue)), ("BatchSize", u64::from(delivery.batch_size).into())]);
    if window(delivery) > 0 {
        event.extend(entries([("MaximumBatchingWindowInSeconds", window(delivery).into())]));
    }
    event.extend(entries([("FunctionResponseTypes", ["ReportBatchItemFailures"].into())]));
    let event = map([("Type", "SQS".into()), ("Properties", Tree::Map(event))]);
    let receive = &["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];
    Additions {
        properties: entries([("Events", map([(id::event::MESSAGES, event)]))]),
        policies: vec![Policy::new("messages", vec![Statement::new(receive, cfn::value(queue))])],
        skipped: vec![(
            "CKV_AWS_116",
            "Lambda polls a queue for it: what fails stays there, and goes to its dead letters",
        )],
    }
}

/// The queue's own properties, so that the function can work as it says.
pub(super) fn properties(record: &FunctionRecord, delivery: Delivery, dead_letters: Tree) -> Vec<(String, Tree)> {
    entries([
        ("VisibilityTimeout", hidden(record, delivery).into()),
        (
            "RedrivePolicy",
            map([("deadLetterTargetArn", dead_letters), ("maxReceiveCount", u64::from(delivery.max_attempts).into())]),
        ),
    ])
}

/// For how long a message waits for the function, in seconds: as long as all of its attempts may take, so that it does
/// not disappear before it reaches the dead letters.
pub(super) fn kept(record: &FunctionRecord, delivery: Delivery) -> Rendered<u64> {
    let hidden = hidden(record, delivery);
    let kept = hidden * u64::from(delivery.max_attempts) + LEFT;
    if kept <= dead_letters::KEPT {
        return Ok(kept.max(LEAST_KEPT));
    }
    Err(Box::new(RenderErrorKind::RetentionTooLong {
        hidden,
        attempts: delivery.max_attempts,
        most: (dead_letters::KEPT - LEFT) / hidden,
    }))
}

/// For how long a message that is being handled stays hidden, in seconds.
pub(super) fn hidden(record: &FunctionRecord, delivery: Delivery) -> u64 {
    TIMEOUTS_HIDDEN * timeout_of(record) + window(delivery)
}

/// For how long Lambda waits for more messages, in seconds.
fn window(delivery: Delivery) -> u64 {
    u64::from(delivery.batch_size > MOST_WITHOUT_WAITING)
}
