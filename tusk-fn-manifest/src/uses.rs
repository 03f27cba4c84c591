//! What functions refer to, and how: each resource is made once, whoever refers to it.

use std::collections::BTreeMap;

use tusk_fn_spec::output::Output;
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::Trigger;
use tusk_fn_spec::trigger::queue::Queue;

use crate::{EVENT_BUS, ResourceKind};

/// A resource by its kind and its logical name.
pub(crate) type Key<'a> = (ResourceKind, &'a str);

/// The resource of an output. The resource of an event is the bus.
pub(crate) fn resource_of(output: &Output) -> Key<'_> {
    match ResourceKind::of(output.kind) {
        ResourceKind::EventBus => (ResourceKind::EventBus, EVENT_BUS),
        kind => (kind, &output.name),
    }
}

/// How a function refers to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reference {
    /// It is triggered by it.
    Trigger,
    /// It gives up to it.
    DeadLetters,
    /// It uses it.
    Output,
}

/// Who refers to a resource, in the order of their names.
#[derive(Clone, Debug, Default)]
pub(crate) struct Use<'a> {
    references: Vec<(Reference, &'a FunctionRecord)>,
}

impl<'a> Use<'a> {
    fn by(&self, wanted: Reference) -> impl Iterator<Item = &'a FunctionRecord> {
        self.references.iter().filter(move |(reference, _)| *reference == wanted).map(|(_, record)| *record)
    }

    /// The functions that it triggers.
    pub(crate) fn triggered(&self) -> impl Iterator<Item = &'a FunctionRecord> {
        self.by(Reference::Trigger)
    }

    /// The functions that give up to it.
    pub(crate) fn given_up_by(&self) -> impl Iterator<Item = &'a FunctionRecord> {
        self.by(Reference::DeadLetters)
    }

    /// The functions that refer to it, in any way.
    pub(crate) fn functions(&self) -> impl Iterator<Item = &'a FunctionRecord> {
        self.references.iter().map(|(_, record)| *record)
    }

    /// The function to speak of when the resource is spoken of.
    pub(crate) fn first(&self) -> Option<&'a FunctionRecord> {
        self.functions().next()
    }
}

/// What functions refer to.
pub(crate) type Uses<'a> = BTreeMap<Key<'a>, Use<'a>>;

/// What the functions, which are sorted by name, refer to.
pub(crate) fn collect<'a>(functions: &[&'a FunctionRecord]) -> Uses<'a> {
    let mut uses = Uses::new();
    for record in functions {
        for (key, reference) in references(record) {
            uses.entry(key).or_default().references.push((reference, record));
        }
    }
    uses
}

fn references(record: &FunctionRecord) -> Vec<(Key<'_>, Reference)> {
    let mut references = Vec::new();
    let mut trigger = |kind, name| references.push(((kind, name), Reference::Trigger));
    match &record.trigger {
        Trigger::Http(_) | Trigger::Timer(_) => {}
        Trigger::Blob(blob) => trigger(ResourceKind::Bucket, blob.path.bucket()),
        Trigger::Topic(topic) => trigger(ResourceKind::Topic, &topic.topic),
        Trigger::Database(database) => trigger(ResourceKind::Table, &database.table),
        Trigger::Stream(stream) => trigger(ResourceKind::Stream, &stream.stream),
        Trigger::Event(_) => trigger(ResourceKind::EventBus, EVENT_BUS),
        Trigger::Queue(queue) => {
            trigger(ResourceKind::Queue, &queue.queue);
            let dead_letter = queue.dead_letter.as_deref();
            references.extend(dead_letter.map(|name| ((ResourceKind::Queue, name), Reference::DeadLetters)));
        }
    }
    references.extend(record.outputs.iter().map(|output| (resource_of(output), Reference::Output)));
    references
}

/// The queue that triggers a function, if one does.
pub(crate) fn queue_of(record: &FunctionRecord) -> Option<&Queue> {
    match &record.trigger {
        Trigger::Queue(queue) => Some(queue),
        Trigger::Http(_)
        | Trigger::Timer(_)
        | Trigger::Blob(_)
        | Trigger::Topic(_)
        | Trigger::Database(_)
        | Trigger::Stream(_)
        | Trigger::Event(_) => None,
    }
}

/// Whether a function receives the messages of a group in their order, so that what it gives up keeps it as well.
pub(crate) fn is_ordered(record: &FunctionRecord) -> bool {
    queue_of(record).is_some_and(|queue| queue.ordered)
}
