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
            let properties = messages::properties(record, queue.delivery, dead_letters::arn(record, resources));
            Some((messages::kept(record, queue.delivery).unwrap_or(dead_letters::KEPT), properties))
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
    let (kept, properties) = received.unwrap_or((dead_letters::KEPT, Vec::new()));
    let kept = if takes_dead_letters { dead_letters::KEPT } else { kept };
    let queue = dead_letters::sqs_queue(resources.is_ordered(name), kept, properties);
    let mut part = named(ResourceKind::Queue, name, queue);
    if takes_dead_letters {
        let description = format!("The queue `{name}` has messages that could not be handled");
        let alarm = alarm::alarm(&id::of_resource(ResourceKind::Queue, name), description);
        part.resources.push((id::of_queue_alarm(name), alarm));
    }
    part
}
