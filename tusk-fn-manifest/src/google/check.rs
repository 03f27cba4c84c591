//! What can be wrong with the resources of a program, and what is worth knowing about them.

use std::collections::BTreeSet;

use tusk_fn_spec::provider::Target;
use tusk_fn_spec::suggest::nearest;
use tusk_fn_spec::trigger::Trigger;
use tusk_fn_spec::trigger::blob::BlobEvent;

use super::existing;
use super::resource::Resources;
use crate::{Existing, Note, NoteKind, Project, RenderError, RenderErrorKind, ResourceKind};

/// Takes the existing resources in; gives those back that are none, or that nobody refers to.
pub(super) fn existing<'a>(resources: &mut Resources<'a>, project: &'a Project) -> Vec<RenderError> {
    let mut errors = Vec::new();
    for Existing { kind, name, physical } in &project.existing {
        let key = (*kind, name.as_str());
        let (kind, name) = (*kind, name.clone());
        if !existing::is_name(kind, physical) {
            let example = existing::example(kind);
            errors.push(RenderErrorKind::GoogleName { kind, name, found: physical.clone(), example });
        } else if !resources.uses.contains_key(&key) {
            let near = near(resources, kind, &name);
            errors.push(RenderErrorKind::UnusedResource { target: Target::Google, kind, name, near });
        } else if resources.existing.insert(key, physical).is_some() {
            errors.push(RenderErrorKind::ResourceTwice { kind, name });
        }
    }
    let keys = project.keys.iter().map(|it| RenderErrorKind::KeyOnGoogle { kind: it.kind, name: it.name.clone() });
    errors.into_iter().chain(keys).map(RenderError::of_project).collect()
}

fn near(resources: &Resources<'_>, kind: ResourceKind, name: &str) -> Option<String> {
    let mut names = resources.uses.keys().filter(|(it, _)| *it == kind).map(|(_, name)| *name);
    let near = if kind == ResourceKind::EventBus { names.next() } else { nearest(name, names) };
    near.map(str::to_owned)
}

/// What whoever deploys has to know or to do.
pub(super) fn notes(resources: &Resources<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut databases = BTreeSet::new();
    for (key, used) in &resources.uses {
        let (kind, name) = *key;
        let Some(first) = used.by.first() else { continue };
        match (kind, resources.existing.get(key)) {
            (ResourceKind::Secret, None) => {
                let secret = existing::part(&resources.physical(*key), "secrets").to_owned();
                notes.push(Note::of(first, NoteKind::SecretVersion { secret }));
            }
            (ResourceKind::Table, None) => {
                let database = existing::part(&resources.physical(*key), "databases").to_owned();
                if databases.insert(database.clone()) {
                    notes.push(Note::of(first, NoteKind::Firestore { database }));
                }
            }
            (ResourceKind::Bucket, Some(_)) => {
                let told_of_deletions = used.triggered.iter().find(|record| match &record.trigger {
                    Trigger::Blob(blob) => blob.events.contains(&BlobEvent::Deleted),
                    _ => false,
                });
                let kind = NoteKind::Versions { bucket: name.to_owned() };
                notes.extend(told_of_deletions.map(|record| Note::of(record, kind)));
            }
            _ => {}
        }
        if let Some(project) = resources.existing.get(key).and_then(|physical| existing::project(physical))
            && !used.triggered.is_empty()
            && matches!(kind, ResourceKind::Table | ResourceKind::EventBus)
        {
            let kind = NoteKind::SameProject { kind, name: name.to_owned(), project: project.to_owned() };
            notes.push(Note::of(first, kind));
        }
    }
    notes
}
