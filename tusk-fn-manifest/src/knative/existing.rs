//! What is there already in the namespace: the broker, and Secrets. Of nothing else that functions refer to is there an object.

use std::collections::BTreeMap;

use tusk_fn_spec::output::OutputKind;
use tusk_fn_spec::provider::Target;
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::suggest::nearest;

use super::{name, needs_broker};
use crate::{EVENT_BUS, Project, RenderError, RenderErrorKind, ResourceKind};

/// What is there already.
#[derive(Debug, Default)]
pub(super) struct Existing<'a> {
    /// The broker's name.
    pub(super) broker: Option<&'a str>,
    /// The names of the Secrets, by the logical names of what they hold.
    secrets: BTreeMap<&'a str, &'a str>,
}

impl<'a> Existing<'a> {
    /// What the project names, and what is wrong with it.
    pub(super) fn collect(functions: &[&FunctionRecord], project: &'a Project) -> (Self, Vec<RenderError>) {
        let mut existing = Self::default();
        let mut errors = Vec::new();
        for crate::Existing { kind, name, physical } in &project.existing {
            let (kind, logical) = (*kind, name.as_str());
            let known = match kind {
                ResourceKind::Secret => secrets(functions),
                ResourceKind::EventBus => needs_broker(functions).then_some(EVENT_BUS).into_iter().collect(),
                ResourceKind::Queue
                | ResourceKind::Topic
                | ResourceKind::Bucket
                | ResourceKind::Table
                | ResourceKind::Stream => {
                    errors.push(RenderErrorKind::NoObject { kind, name: name.clone() });
                    continue;
                }
            };
            if !known.contains(&logical) {
                let near = nearest(logical, known.iter().copied())
                    .or(known.first().copied().filter(|_| kind == ResourceKind::EventBus));
                let (name, near) = (name.clone(), near.map(str::to_owned));
                errors.push(RenderErrorKind::UnusedResource { target: Target::Knative, kind, name, near });
            } else if !name::is_label(physical) {
                errors.push(RenderErrorKind::ObjectName { name: physical.clone(), most: name::LONGEST });
            } else if !existing.insert(kind, logical, physical) {
                errors.push(RenderErrorKind::ResourceTwice { kind, name: name.clone() });
            }
        }
        let keys = project.keys.iter();
        errors.extend(keys.map(|key| RenderErrorKind::NoKeys { kind: key.kind, name: key.name.clone() }));
        (existing, errors.into_iter().map(RenderError::of_project).collect())
    }

    /// Whether it was not there before.
    fn insert(&mut self, kind: ResourceKind, logical: &'a str, physical: &'a str) -> bool {
        match kind {
            ResourceKind::Secret => self.secrets.insert(logical, physical).is_none(),
            _ => self.broker.replace(physical).is_none(),
        }
    }

    /// The name of the Secret that is there and holds this.
    pub(super) fn secret(&self, logical: &str) -> Option<&'a str> {
        self.secrets.get(logical).copied()
    }
}

/// The logical names of the secrets that functions read.
pub(super) fn secrets<'a>(functions: &[&'a FunctionRecord]) -> Vec<&'a str> {
    let outputs = functions.iter().flat_map(|it| &it.outputs).filter(|it| it.kind == OutputKind::Secret);
    let mut names: Vec<&str> = outputs.map(|it| it.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names
}
