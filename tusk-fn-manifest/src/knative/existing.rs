//! What is there already in the namespace: the broker, and Secrets. Of nothing else that functions refer to is there an object.

use std::collections::BTreeMap;

use tusk_fn_spec::output::OutputKind;
use tusk_fn_spec::provider::Target;
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::suggest::nearest;

use super::{KnativeError, name, needs_broker};
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
            let is_secret = kind == ResourceKind::Secret;
            let known = match kind {
                ResourceKind::Secret => secrets(functions),
                ResourceKind::EventBus => needs_broker(functions).then_some(EVENT_BUS).into_iter().collect(),
                ResourceKind::Queue
                | ResourceKind::Topic
                | ResourceKind::Bucket
                | ResourceKind::Table
                | ResourceKind::Stream => {
                    errors.push(KnativeError::NoObject { kind, name: name.clone() }.into());
                    continue;
                }
            };
            if !known.contains(&logical) {
                let near = nearest(logical, known.iter().copied()).or(known.first().copied().filter(|_| !is_secret));
                let (name, near) = (name.clone(), near.map(str::to_owned));
                errors.push(RenderErrorKind::UnusedResource { target: Target::Knative, kind, name, near });
                continue;
            }
            let (fits, most) = if is_secret {
                (name::is_subdomain(physical), name::LONGEST_SUBDOMAIN)
            } else {
                (name::is_label(physical), name::LONGEST)
            };
            if !fits {
                errors.push(KnativeError::Name { name: physical.clone(), most }.into());
                continue;
            }
            let before =
                if is_secret { existing.secrets.insert(logical, physical) } else { existing.broker.replace(physical) };
            if before.is_some() {
                errors.push(RenderErrorKind::ResourceTwice { kind, name: name.clone() });
            }
        }
        let keys = project.keys.iter();
        errors.extend(keys.map(|key| KnativeError::NoKeys { kind: key.kind, name: key.name.clone() }.into()));
        (existing, errors.into_iter().map(RenderError::of_project).collect())
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
