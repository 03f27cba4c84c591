//! Queues that give up to each other: what nobody can handle would go round for ever.

use std::collections::{BTreeMap, BTreeSet};

use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::Trigger;

use crate::{RenderError, RenderErrorKind};

/// An error for each circle, at the function that receives its first queue.
pub(crate) fn of(functions: &[&FunctionRecord]) -> Vec<RenderError> {
    let given_up: BTreeMap<&str, (&str, &FunctionRecord)> = functions
        .iter()
        .copied()
        .filter_map(|record| given_up(record).map(|(from, to)| (from, (to, record))))
        .collect();
    let mut errors = Vec::new();
    let mut seen = BTreeSet::new();
    for (start, (_, record)) in &given_up {
        let mut path = Vec::new();
        let mut next = Some(*start);
        while let Some(queue) = next.filter(|queue| !path.contains(queue)) {
            path.push(queue);
            next = given_up.get(queue).map(|(to, _)| *to);
        }
        if next == Some(*start) && !seen.contains(start) {
            seen.extend(path.iter().copied());
            let queues = path.into_iter().map(str::to_owned).collect();
            errors.push(RenderError::of(record, RenderErrorKind::DeadLetterCircle { queues }));
        }
    }
    errors
}

/// The queue that a function receives, and the one that it gives up to.
fn given_up(record: &FunctionRecord) -> Option<(&str, &str)> {
    match &record.trigger {
        Trigger::Queue(queue) => Some((&queue.queue, queue.dead_letter.as_deref()?)),
        Trigger::Http(_)
        | Trigger::Timer(_)
        | Trigger::Blob(_)
        | Trigger::Topic(_)
        | Trigger::Database(_)
        | Trigger::Stream(_)
        | Trigger::Event(_) => None,
    }
}
