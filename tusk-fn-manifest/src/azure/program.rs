//! What a program needs, as the modules of the template ask for it.

use tusk_fn_spec::output::Access;
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::Trigger;

use crate::uses::{Key, Use, Uses, queue_of, resource_of};
use crate::{EVENT_BUS, RenderError, RenderErrorKind, ResourceKind, circle, uses};

/// A program's functions, sorted by name, and what they refer to.
#[derive(Clone, Debug)]
pub(super) struct Program<'a> {
    pub(super) name: &'a str,
    pub(super) functions: &'a [&'a FunctionRecord],
    uses: Uses<'a>,
}

impl<'a> Program<'a> {
    pub(super) fn new(name: &'a str, functions: &'a [&'a FunctionRecord]) -> Self {
        Self { name, functions, uses: uses::collect(functions) }
    }

    /// The resources of a kind, by name.
    pub(super) fn resources(&self, wanted: ResourceKind) -> impl Iterator<Item = (&'a str, &Use<'a>)> {
        self.uses.iter().filter(move |((kind, _), _)| *kind == wanted).map(|((_, name), used)| (*name, used))
    }

    pub(super) fn has(&self, kind: ResourceKind) -> bool {
        self.resources(kind).next().is_some()
    }

    /// The functions that send to, store in or read something, each with it; in the order of the functions' names.
    pub(super) fn outputs(&self) -> impl Iterator<Item = (&'a FunctionRecord, Key<'a>, Access)> {
        self.functions
            .iter()
            .flat_map(|record| record.outputs.iter().map(|output| (*record, resource_of(output), output.access)))
    }

    /// Whether events are published.
    pub(super) fn publishes_events(&self) -> bool {
        self.outputs().any(|(_, key, _)| key == (ResourceKind::EventBus, EVENT_BUS))
    }

    /// The functions that events come for, each through a queue of its own.
    pub(super) fn with_inbox(&self) -> impl Iterator<Item = &'a FunctionRecord> {
        let functions = self.functions;
        functions.iter().copied().filter(|record| matches!(record.trigger, Trigger::Blob(_) | Trigger::Event(_)))
    }

    /// Whether some function handles each delivery only once.
    pub(super) fn is_idempotent(&self) -> bool {
        self.functions.iter().any(|record| record.idempotent.is_some())
    }

    /// Whether a queue keeps an order: as the function says that receives its messages.
    pub(super) fn is_ordered(&self, queue: &str) -> bool {
        let used = self.uses.get(&(ResourceKind::Queue, queue));
        used.is_some_and(|used| used.triggered().any(uses::is_ordered))
    }

    /// What is wrong with how functions use resources.
    pub(super) fn check(&self) -> Vec<RenderError> {
        let mut errors = circle::of(self.functions);
        // A message without a session cannot go where sessions are required.
        let unordered = |(name, used): (&'a str, &Use<'a>)| {
            let ordered = self.is_ordered(name);
            let mistaken = used.given_up_by().filter(move |record| ordered && !uses::is_ordered(record));
            let kind = move || RenderErrorKind::DeadLetterOrder { dead_letter: name.to_owned(), ordered: true };
            mistaken.map(move |record| RenderError::of(record, kind())).collect::<Vec<_>>()
        };
        errors.extend(self.resources(ResourceKind::Queue).flat_map(unordered));
        errors
    }

    /// The queue that a function gives up to, if it names one.
    pub(super) fn dead_letter(record: &FunctionRecord) -> Option<&str> {
        queue_of(record)?.dead_letter.as_deref()
    }
}
