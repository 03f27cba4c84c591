//! The resources that functions are triggered by or use: each is made once, whoever refers to it, or is there already.

use std::collections::BTreeMap;

use tusk_fn_spec::output::Output;
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::Trigger;

use super::name::Names;
use crate::{EVENT_BUS, ResourceKind};

/// A resource by its kind and its logical name.
pub(super) type Key<'a> = (ResourceKind, &'a str);

/// The resource of an output. The resource of an event is the channel.
pub(super) fn resource_of(output: &Output) -> Key<'_> {
    match ResourceKind::of(output.kind) {
        ResourceKind::EventBus => (ResourceKind::EventBus, EVENT_BUS),
        kind => (kind, &output.name),
    }
}

/// The resource that triggers a function, if one does.
pub(super) fn trigger_of(record: &FunctionRecord) -> Option<Key<'_>> {
    Some(match &record.trigger {
        Trigger::Http(_) | Trigger::Timer(_) => return None,
        Trigger::Blob(blob) => (ResourceKind::Bucket, blob.path.bucket()),
        Trigger::Queue(queue) => (ResourceKind::Queue, &queue.queue),
        Trigger::Topic(topic) => (ResourceKind::Topic, &topic.topic),
        Trigger::Database(database) => (ResourceKind::Table, &database.table),
        Trigger::Stream(stream) => (ResourceKind::Stream, &stream.stream),
        Trigger::Event(_) => (ResourceKind::EventBus, EVENT_BUS),
    })
}

/// Who refers to a resource, in the order of their names.
#[derive(Clone, Debug, Default)]
pub(super) struct Use<'a> {
    /// The functions that it triggers.
    pub(super) triggered: Vec<&'a FunctionRecord>,
    /// All functions that refer to it, those among them.
    pub(super) by: Vec<&'a FunctionRecord>,
}

/// All resources of a program.
#[derive(Debug)]
pub(super) struct Resources<'a> {
    pub(super) names: Names,
    pub(super) uses: BTreeMap<Key<'a>, Use<'a>>,
    pub(super) existing: BTreeMap<Key<'a>, &'a str>,
    /// Whether a function remembers what it has handled.
    pub(super) remembers: bool,
}

impl<'a> Resources<'a> {
    /// What the functions, which are sorted by name, refer to.
    pub(super) fn of(functions: &[&'a FunctionRecord], names: Names) -> Self {
        let mut uses: BTreeMap<Key<'a>, Use<'a>> = BTreeMap::new();
        for record in functions {
            if let Some(key) = trigger_of(record) {
                let entry = uses.entry(key).or_default();
                entry.triggered.push(record);
                entry.by.push(record);
            }
            let dead_letter = dead_letter(record).map(|name| (ResourceKind::Queue, name));
            for key in dead_letter.into_iter().chain(record.outputs.iter().map(resource_of)) {
                uses.entry(key).or_default().by.push(record);
            }
        }
        let remembers = functions.iter().any(|record| record.idempotent.is_some());
        Self { names, uses, existing: BTreeMap::new(), remembers }
    }

    pub(super) fn is_existing(&self, key: Key<'_>) -> bool {
        self.existing.contains_key(&key)
    }

    /// What Google calls the resource, with `${…}` where deploying puts something in.
    pub(super) fn physical(&self, (kind, name): Key<'_>) -> String {
        match self.existing.get(&(kind, name)) {
            Some(physical) => (*physical).to_owned(),
            None => self.names.physical(kind, name),
        }
    }

    /// The resources of some kinds that are made, each with who refers to it.
    pub(super) fn made(&self, kinds: &[ResourceKind]) -> impl Iterator<Item = (Key<'a>, &Use<'a>)> {
        self.uses
            .iter()
            .filter(move |(key, _)| kinds.contains(&key.0) && !self.existing.contains_key(*key))
            .map(|(key, used)| (*key, used))
    }

    /// The topic that takes what a function could not handle.
    pub(super) fn dead_letters(&self, record: &FunctionRecord) -> String {
        match dead_letter(record) {
            Some(queue) => self.physical((ResourceKind::Queue, queue)),
            None => self.names.dead_letters(&record.name),
        }
    }
}

/// The queue that a function gives up to, if it names one.
pub(super) fn dead_letter(record: &FunctionRecord) -> Option<&str> {
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

/// Whether what a function could not handle goes to a topic of its own.
pub(super) fn has_own_dead_letters(record: &FunctionRecord) -> bool {
    trigger_of(record).is_some() && dead_letter(record).is_none()
}
