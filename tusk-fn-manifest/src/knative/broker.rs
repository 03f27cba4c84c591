//! The broker, and what becomes of events that no attempt could handle.
//!
//! A broker keeps nothing that it has delivered or given up. So the dead letters of a queue go straight to the function of the
//! queue that `dead_letter` names, as they came, with `knativeerrordest`, `knativeerrorcode` and `knativeerrordata` beside
//! their attributes ("Handling Delivery Failure"). All others go where whoever runs the broker lets them: the broker's own
//! `delivery.deadLetterSink` counts for every trigger without one (knative/eventing, `pkg/reconciler/broker/trigger`).

use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::Trigger;
use tusk_fn_spec::trigger::queue::DEFAULT_ATTEMPTS;

use super::{Deployed, KnativeError, object, takes_events};
use crate::yaml::{Tree, entries, map};
use crate::{Note, NoteKind, RenderError};

/// After so many tries the next one would wait for more than an hour, if the time doubled on.
const MOST_DOUBLINGS: u32 = 11;

/// The program's broker, of the class that the cluster has by default.
pub(super) fn broker(deployed: &Deployed<'_>) -> Tree {
    let mut tree = object("eventing.knative.dev/v1", "Broker", deployed.broker());
    tree.extend(entries([("spec", map([("delivery", Tree::Map(retry(DEFAULT_ATTEMPTS)))]))]));
    Tree::Map(tree)
}

/// How a function's events are delivered.
pub(super) fn delivery(record: &FunctionRecord, functions: &[&FunctionRecord], deployed: &Deployed<'_>) -> Tree {
    let mut delivery = retry(attempts(record));
    let receiver = dead_letter(record).and_then(|queue| receiver(queue, functions));
    delivery.extend(receiver.map(|function| ("deadLetterSink".to_owned(), deployed.function(function))));
    Tree::Map(delivery)
}

/// So many attempts, the first of which is no retry. They wait for 1, 2, 4 seconds and so on, or, where there are many, for 1,
/// 2, 3 seconds.
fn retry(attempts: u32) -> Vec<(String, Tree)> {
    let retries = attempts.saturating_sub(1);
    let policy = if retries > MOST_DOUBLINGS { "linear" } else { "exponential" };
    entries([("retry", u64::from(retries).into()), ("backoffPolicy", policy.into()), ("backoffDelay", "PT1S".into())])
}

fn attempts(record: &FunctionRecord) -> u32 {
    match &record.trigger {
        Trigger::Queue(queue) => queue.delivery.max_attempts,
        Trigger::Topic(topic) => topic.delivery.max_attempts,
        Trigger::Http(_)
        | Trigger::Timer(_)
        | Trigger::Blob(_)
        | Trigger::Database(_)
        | Trigger::Stream(_)
        | Trigger::Event(_) => DEFAULT_ATTEMPTS,
    }
}

/// The queue that a function's dead letters go to.
fn dead_letter(record: &FunctionRecord) -> Option<&str> {
    match &record.trigger {
        Trigger::Queue(queue) => queue.dead_letter.as_deref(),
        Trigger::Http(_)
        | Trigger::Timer(_)
        | Trigger::Blob(_)
        | Trigger::Topic(_)
        | Trigger::Database(_)
        | Trigger::Stream(_)
        | Trigger::Event(_) => None,
    }
}

/// The function that receives a queue's messages.
fn receiver<'a>(queue: &str, functions: &[&'a FunctionRecord]) -> Option<&'a FunctionRecord> {
    functions.iter().copied().find(|it| matches!(&it.trigger, Trigger::Queue(other) if other.queue == queue))
}

/// Queues of dead letters that nobody receives: what is sent there would be gone.
pub(super) fn check(functions: &[&FunctionRecord]) -> Vec<RenderError> {
    let missing = |record: &&FunctionRecord| {
        let queue = dead_letter(record).filter(|queue| receiver(queue, functions).is_none())?;
        Some(RenderError::of(record, KnativeError::DeadLettersLost { queue: queue.to_owned() }.into()))
    };
    functions.iter().filter_map(missing).collect()
}

/// The functions whose dead letters go nowhere yet.
pub(super) fn note(functions: &[&FunctionRecord]) -> Option<Note> {
    let lost = functions.iter().filter(|it| takes_events(it) && dead_letter(it).is_none());
    let lost: Vec<&FunctionRecord> = lost.copied().collect();
    let names = lost.iter().map(|it| it.name.clone()).collect();
    lost.first().map(|first| Note::of(first, NoteKind::DeadLettersLost { functions: names }))
}
