//! The resources that functions are triggered by or use: each is made once, whoever refers to it, or is there already.
//!
//! A part of the template refers to them by [`Resources::arn`] and [`Resources::physical`], which say the same of both kinds.

mod bucket;
mod check;
mod queue;
mod secret;
mod stream;
mod table;
mod topic;

use std::collections::BTreeMap;

use tusk_fn_spec::record::FunctionRecord;

use super::arn::Arn;
use super::{Part, cfn, id};
use crate::uses::{self, Use, Uses};
use crate::yaml::Tree;
use crate::{EVENT_BUS, Project, RenderError, ResourceKind};

pub(super) use crate::uses::{Key, is_ordered, resource_of};
pub(super) use check::notes;

/// All resources of a program.
#[derive(Debug, Default)]
pub(super) struct Resources<'a> {
    uses: Uses<'a>,
    existing: BTreeMap<Key<'a>, Arn>,
    keys: BTreeMap<Key<'a>, &'a str>,
}

impl<'a> Resources<'a> {
    /// What the functions, which are sorted by name, refer to, and what is wrong with it.
    pub(super) fn collect(functions: &[&'a FunctionRecord], project: &'a Project) -> (Self, Vec<RenderError>) {
        let mut resources = Self { uses: uses::collect(functions), ..Self::default() };
        let mut errors = check::existing(&mut resources, &project.existing);
        errors.extend(check::keys(&mut resources, &project.keys));
        errors.extend(check::all(&resources));
        (resources, errors)
    }

    /// Whether the resource is there already.
    pub(super) fn is_existing(&self, kind: ResourceKind, name: &str) -> bool {
        self.existing.contains_key(&(kind, name))
    }

    /// The ARN of the key of whoever deploys that encrypts the resource, if it is known.
    pub(super) fn key(&self, resource: Key<'_>) -> Option<&'a str> {
        self.keys.get(&resource).copied()
    }

    /// The resource's ARN, as text with `${…}`.
    pub(super) fn arn(&self, kind: ResourceKind, name: &str) -> String {
        if let Some(arn) = self.existing.get(&(kind, name)) {
            return arn.text.clone();
        }
        let id = id::of_resource(kind, name);
        match kind {
            ResourceKind::Topic | ResourceKind::Secret => format!("${{{id}}}"),
            ResourceKind::Queue | ResourceKind::Bucket | ResourceKind::Table | ResourceKind::Stream => {
                format!("${{{id}.Arn}}")
            }
            ResourceKind::EventBus => cfn::arn("events", "event-bus/default"),
        }
    }

    /// What programs call the resource, as text with `${…}`: what `Ref` gives.
    pub(super) fn physical(&self, kind: ResourceKind, name: &str) -> String {
        if let Some(arn) = self.existing.get(&(kind, name)) {
            return arn.physical.clone();
        }
        match kind {
            ResourceKind::EventBus => EVENT_BUS.to_owned(),
            ResourceKind::Queue
            | ResourceKind::Topic
            | ResourceKind::Bucket
            | ResourceKind::Table
            | ResourceKind::Stream
            | ResourceKind::Secret => format!("${{{}}}", id::of_resource(kind, name)),
        }
    }

    /// The ARN of the stream of a table's changes, as text with `${…}`.
    pub(super) fn stream_of_table(&self, name: &str) -> String {
        match self.existing.get(&(ResourceKind::Table, name)) {
            Some(arn) => arn.stream.clone().unwrap_or_default(),
            None => format!("${{{}.StreamArn}}", id::of_resource(ResourceKind::Table, name)),
        }
    }

    /// Whether a queue keeps an order: as the function says that receives its messages, or else those that give up to it.
    fn is_ordered(&self, queue: &str) -> bool {
        let key = (ResourceKind::Queue, queue);
        if let Some(arn) = self.existing.get(&key) {
            return arn.is_fifo();
        }
        let Some(used) = self.uses.get(&key) else { return false };
        used.triggered().next().or_else(|| used.given_up_by().next()).is_some_and(is_ordered)
    }

    /// The parts of what is made.
    pub(super) fn parts(&self) -> Vec<Part> {
        let made = self.uses.iter().filter(|(key, _)| !self.existing.contains_key(*key));
        made.map(|((kind, name), used)| match kind {
            ResourceKind::Queue => queue::part(name, used, self),
            ResourceKind::Topic => topic::part(name),
            ResourceKind::Bucket => bucket::part(name, used),
            ResourceKind::Table => table::part(name, used),
            ResourceKind::Stream => stream::part(name),
            ResourceKind::Secret => secret::part(name),
            // The account has one.
            ResourceKind::EventBus => Part::default(),
        })
        .collect()
    }
}

/// The resource with an output of the stack that says what it is called.
fn named(kind: ResourceKind, name: &str, resource: Tree) -> Part {
    let id = id::of_resource(kind, name);
    let output = cfn::output(format!("The {kind} `{name}`"), cfn::reference(&id));
    Part { resources: vec![(id.clone(), resource)], outputs: vec![(id, output)], ..Part::default() }
}
