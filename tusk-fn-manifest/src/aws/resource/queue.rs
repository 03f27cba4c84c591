//! A queue, and the alarm of one that takes dead letters.
//!
//! A queue that nobody here receives from has no dead letters of its own: how often a message is tried is for whoever receives
//! it to say.

use tusk_fn_spec::trigger::Trigger;

use super::{Resources, Use, named};
use crate::ResourceKind;
use crate::aws::{Part, alarm, dead_letters, id, messages};

pub(super) fn part(name: &str, used: &Use<'_>, resources: &Resources<'_>) -> Part {
    let takes_dead_letters = used.given_up_by().next().is_some();
    let received = used.triggered().find_map(|record| match &record.trigger {
        Trigger::Queue(queue) => {
            Some(messages::properties(record, queue.delivery, dead_letters::arn(record, resources)))
        }
        Trigger::Http(_)
        | Trigger::Timer(_)
        | Trigger::Blob(_)
        | Trigger::Topic(_)
        | Trigger::Database(_)
        | Trigger::Stream(_)
        | Trigger::Event(_) => None,
    });
    // What nobody here receives is kept for as long as dead letters are.
    let kept = if received.is_some() && !takes_dead_letters { messages::KEPT } else { dead_letters::KEPT };
    let queue = dead_letters::sqs_queue(resources.is_ordered(name), kept, received.unwrap_or_default());
    let mut part = named(ResourceKind::Queue, name, queue);
    if takes_dead_letters {
        let description = format!("The queue `{name}` has messages that could not be handled");
        let alarm = alarm::alarm(&id::of_resource(ResourceKind::Queue, name), description);
        part.resources.push((id::of_queue_alarm(name), alarm));
    }
    part
}
