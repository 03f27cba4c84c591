//! The functions that are for a provider, and what keeps any of them from running there.

use std::cmp::Ordering;

use tusk_fn_spec::limits;
use tusk_fn_spec::portability;
use tusk_fn_spec::project::duplicates;
use tusk_fn_spec::provider::Target;
use tusk_fn_spec::record::FunctionRecord;

use crate::{Note, NoteKind, Project, RenderError, RenderErrorKind};

/// A project's functions, as one provider sees them.
pub(crate) struct Selection<'a> {
    project: &'a Project,
    target: Target,
    /// Those that are for the provider, by name.
    pub(crate) functions: Vec<&'a FunctionRecord>,
    /// Those that are not.
    others: Vec<&'a FunctionRecord>,
}

impl<'a> Selection<'a> {
    pub(crate) fn of(project: &'a Project, target: Target) -> Self {
        let mut functions: Vec<&FunctionRecord> = project.functions.iter().collect();
        functions.sort_by(|a, b| order(a, b));
        let (functions, others) = functions.into_iter().partition(|it| it.is_for(target));
        Self { project, target, functions, others }
    }

    /// What keeps the functions from running on the provider, whatever its manifests look like.
    pub(crate) fn check(&self) -> Vec<RenderError> {
        let target = self.target;
        if self.functions.is_empty() {
            let others = self.others.len();
            return vec![RenderError::of_project(RenderErrorKind::NoFunctions { target, others })];
        }
        let mut errors = Vec::new();
        let architecture = self.project.architecture_for(target);
        if !architecture.is_on(target) {
            errors.push(RenderError::of_project(RenderErrorKind::Architecture { architecture, target }));
        }
        let mut sorted = self.project.functions.clone();
        sorted.sort_by(order);
        errors
            .extend(duplicates(&sorted).into_iter().map(|it| RenderError::of_project(RenderErrorKind::Duplicate(it))));
        for record in &self.functions {
            let limits = limits::exceeded(record, target).into_iter().map(RenderErrorKind::Limit);
            // What a schedule cannot say is an error where it is rendered.
            let reasons =
                portability::impossible(record, target).into_iter().filter(|it| !matches!(it.key, "schedule" | "tz"));
            let reasons = reasons.map(|reason| RenderErrorKind::Impossible { target, reason });
            errors.extend(limits.chain(reasons).map(|kind| RenderError::of(record, kind)));
        }
        errors
    }

    /// What is to be known about functions that are not for the provider.
    pub(crate) fn notes(&self) -> impl Iterator<Item = Note> {
        self.others.iter().map(|it| Note::of(it, NoteKind::LeftOut { target: self.target }))
    }
}

/// By name; the rest only makes the order of equal names certain.
pub(crate) fn order(a: &FunctionRecord, b: &FunctionRecord) -> Ordering {
    a.name.cmp(&b.name).then_with(|| a.source.file.cmp(&b.source.file)).then_with(|| a.source.line.cmp(&b.source.line))
}
