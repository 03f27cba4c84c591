//! What can be wrong with the resources of a program, and what is worth knowing about them.

use std::collections::BTreeSet;

use tusk_fn_spec::provider::Target;
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::suggest::nearest;
use tusk_fn_spec::trigger::Trigger;

use super::{Key, Resources, is_ordered};
use crate::aws::arn::{self, Arn};
use crate::aws::{keys, messages};
use crate::uses::{Use, queue_of};
use crate::{Existing, Note, NoteKind, RenderError, RenderErrorKind, ResourceKind};

/// `DynamoDB`: two readers of a shard ("Working with streams").
const MOST_READERS: usize = 2;

/// Takes the existing resources in; gives those back that are none, or that nobody refers to.
pub(super) fn existing<'a>(resources: &mut Resources<'a>, existing: &'a [Existing]) -> Vec<RenderError> {
    let mut errors = Vec::new();
    for Existing { kind, name, physical } in existing {
        let key = (*kind, name.as_str());
        let (kind, name) = (*kind, name.clone());
        let error = match Arn::parse(kind, physical) {
            None => RenderErrorKind::Arn { kind, name, found: physical.clone(), example: arn::example(kind) },
            Some(_) if !resources.uses.contains_key(&key) => {
                let near = match kind {
                    ResourceKind::EventBus => names(resources, kind).next(),
                    ResourceKind::Queue
                    | ResourceKind::Topic
                    | ResourceKind::Bucket
                    | ResourceKind::Table
                    | ResourceKind::Stream
                    | ResourceKind::Secret => nearest(&name, names(resources, kind)),
                };
                let near = near.map(str::to_owned);
                RenderErrorKind::UnusedResource { target: Target::Aws, kind, name, near }
            }
            Some(_) if resources.existing.contains_key(&key) => RenderErrorKind::ResourceTwice { kind, name },
            Some(arn) => {
                resources.existing.insert(key, arn);
                continue;
            }
        };
        errors.push(RenderError::of_project(error));
    }
    errors
}

/// Takes the keys in that encrypt existing resources; gives those back that are none, or encrypt none of these.
pub(super) fn keys<'a>(resources: &mut Resources<'a>, keys: &'a [Existing]) -> Vec<RenderError> {
    let mut errors = Vec::new();
    for Existing { kind, name, physical } in keys {
        let key = (*kind, name.as_str());
        let (kind, name) = (*kind, name.clone());
        if !arn::is_key(physical) {
            let example = arn::KEY_EXAMPLE;
            errors.push(RenderErrorKind::KeyArn { kind, name, found: physical.clone(), example });
        } else if !resources.existing.contains_key(&key) {
            errors.push(RenderErrorKind::KeyOfNothing { kind, name });
        } else if resources.keys.insert(key, physical).is_some() {
            errors.push(RenderErrorKind::ResourceTwice { kind, name });
        }
    }
    errors.into_iter().map(RenderError::of_project).collect()
}

fn names<'a>(resources: &Resources<'a>, kind: ResourceKind) -> impl Iterator<Item = &'a str> {
    resources.uses.keys().filter(move |(it, _)| *it == kind).map(|(_, name)| *name)
}

/// What is wrong with how resources are used.
pub(super) fn all(resources: &Resources<'_>) -> Vec<RenderError> {
    let mut errors = regions(resources);
    for ((kind, name), used) in &resources.uses {
        match kind {
            ResourceKind::Queue => errors.extend(orders(resources, name, used)),
            ResourceKind::Table => errors.extend(streams(resources, name, used)),
            ResourceKind::Topic
            | ResourceKind::Bucket
            | ResourceKind::Stream
            | ResourceKind::Secret
            | ResourceKind::EventBus => {}
        }
    }
    errors
}

/// The existing resources that have to be in the stack's region, since they trigger a function or are given up to, each
/// with a function that refers to it so.
fn tied<'a>(resources: &Resources<'a>) -> Vec<(Key<'a>, Arn, &'a FunctionRecord)> {
    let tied = resources.existing.iter().filter(|(_, arn)| !arn.region.is_empty()).filter_map(|(key, arn)| {
        let used = resources.uses.get(key)?;
        let record = used.triggered().next().or_else(|| used.given_up_by().next())?;
        Some((*key, arn.clone(), record))
    });
    tied.collect()
}

/// Lambda reads queues and streams of its own region only, and the rules, subscriptions and queues of a stack are where
/// it is.
fn regions(resources: &Resources<'_>) -> Vec<RenderError> {
    let tied = tied(resources);
    let Some((first, at, _)) = tied.first() else { return Vec::new() };
    let described = |(kind, name): Key<'_>, arn: &Arn| format!("the {kind} `{name}` in `{}`", arn.region);
    let others = tied.iter().filter(|(_, arn, _)| arn.region != at.region);
    let error = |(key, arn, record): &(Key<'_>, Arn, &FunctionRecord)| {
        let kind = RenderErrorKind::Regions { first: described(*first, at), other: described(*key, arn) };
        RenderError::of(record, kind)
    };
    others.map(error).collect()
}

/// A queue that is there already keeps an order or not, and one that gives up to another is as that is.
fn orders(resources: &Resources<'_>, name: &str, used: &Use<'_>) -> Vec<RenderError> {
    let ordered = resources.is_ordered(name);
    let differs = |record: &&FunctionRecord| is_ordered(record) != ordered;
    let queue = || name.to_owned();
    let received = used
        .triggered()
        .filter(differs)
        .map(|record| RenderError::of(record, RenderErrorKind::QueueOrder { queue: queue(), ordered }));
    let given_up = used
        .given_up_by()
        .filter(differs)
        .map(|record| RenderError::of(record, RenderErrorKind::DeadLetterOrder { dead_letter: queue(), ordered }));
    received.chain(given_up).collect()
}

/// A table that is there already triggers functions by its stream, whose name is the stream's own.
fn streams(resources: &Resources<'_>, name: &str, used: &Use<'_>) -> Vec<RenderError> {
    let Some(arn) = resources.existing.get(&(ResourceKind::Table, name)) else { return Vec::new() };
    if arn.stream.is_some() {
        return Vec::new();
    }
    let kind = || RenderErrorKind::TableWithoutStream { table: name.to_owned(), arn: arn.text.clone() };
    used.triggered().map(|record| RenderError::of(record, kind())).collect()
}

/// What whoever deploys has to know or to do.
pub(in crate::aws) fn notes(resources: &Resources<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    for (key, used) in &resources.uses {
        let (kind, name) = *key;
        let existing = resources.existing.contains_key(key);
        match kind {
            ResourceKind::Secret if !existing => {
                let kind = NoteKind::SecretValue { secret: name.to_owned() };
                notes.extend(used.first().map(|record| Note::of(record, kind)));
            }
            ResourceKind::Table => {
                let readers = used.triggered().count();
                if readers > MOST_READERS {
                    let kind = NoteKind::Readers { table: name.to_owned(), readers, most: MOST_READERS };
                    notes.extend(used.first().map(|record| Note::of(record, kind)));
                }
            }
            ResourceKind::Queue if existing => notes.extend(queue_to_set_up(name, used)),
            ResourceKind::Bucket if existing => {
                let bucket = name.to_owned();
                let (record, kind) = match used.triggered().next() {
                    Some(record) => (Some(record), NoteKind::ExistingBucket { bucket }),
                    None => (used.first(), NoteKind::BucketRegion { bucket }),
                };
                notes.extend(record.map(|record| Note::of(record, kind)));
            }
            ResourceKind::Topic => notes.extend(without_attributes(name, used)),
            ResourceKind::Queue
            | ResourceKind::Bucket
            | ResourceKind::Secret
            | ResourceKind::Stream
            | ResourceKind::EventBus => {}
        }
    }
    notes.extend(place(resources));
    notes.extend(accounts(resources));
    notes.extend(unknown_keys(resources));
    notes
}

/// Where the stack has to be deployed to.
fn place(resources: &Resources<'_>) -> Option<Note> {
    let ((kind, name), arn, record) = tied(resources).into_iter().next()?;
    Some(Note::of(record, NoteKind::Region { kind, name: name.to_owned(), region: arn.region }))
}

/// Whose the existing resources are.
fn accounts(resources: &Resources<'_>) -> Option<Note> {
    let mut known = resources.existing.iter().filter(|(_, arn)| !arn.account.is_empty()).peekable();
    let record = known.peek().and_then(|(key, _)| resources.uses.get(*key)?.first())?;
    let accounts: BTreeSet<String> = known.map(|(_, arn)| arn.account.clone()).collect();
    Some(Note::of(record, NoteKind::Accounts { accounts: accounts.into_iter().collect() }))
}

/// What may be encrypted with a key that nobody named.
fn unknown_keys(resources: &Resources<'_>) -> Option<Note> {
    let unknown = resources.existing.keys().filter(|key| !resources.keys.contains_key(*key));
    let needed = unknown.filter_map(|key| {
        let used = resources.uses.get(key)?;
        let record = used.functions().find(|it| keys::is_needed(it, *key))?;
        Some((*key, record))
    });
    let needed: Vec<_> = needed.collect();
    let (_, record) = needed.first()?;
    let resources = needed.iter().map(|((kind, name), _)| (*kind, (*name).to_owned())).collect();
    Some(Note::of(record, NoteKind::UnknownKeys { resources }))
}

/// What a function needs of a queue that is not made here.
fn queue_to_set_up(name: &str, used: &Use<'_>) -> Option<Note> {
    let record = used.triggered().next()?;
    let delivery = queue_of(record)?.delivery;
    let hidden = messages::hidden(record, delivery);
    let kept = messages::kept(record, delivery).ok()?;
    let kind = NoteKind::ExistingQueue { queue: name.to_owned(), hidden, attempts: delivery.max_attempts, kept };
    Some(Note::of(record, kind))
}

/// Functions that want messages without any attribute: SNS gives those to nobody who has a filter. Where one condition asks for
/// an attribute, such a message is not wanted.
fn without_attributes(topic: &str, used: &Use<'_>) -> Vec<Note> {
    let refused = |record: &FunctionRecord| match &record.trigger {
        Trigger::Topic(topic) => {
            topic.filter.first().filter(|_| topic.filter.iter().all(|it| !it.equal)).map(ToString::to_string)
        }
        Trigger::Http(_)
        | Trigger::Timer(_)
        | Trigger::Blob(_)
        | Trigger::Queue(_)
        | Trigger::Database(_)
        | Trigger::Stream(_)
        | Trigger::Event(_) => None,
    };
    let note = |record: &FunctionRecord| {
        let kind = NoteKind::NoAttributes { topic: topic.to_owned(), condition: refused(record)? };
        Some(Note::of(record, kind))
    };
    used.triggered().filter_map(note).collect()
}
