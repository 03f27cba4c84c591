//! Knative: a kustomization of Services, and of what brings them events.
//!
//! - [`name`]: what the objects are called, and which names Kubernetes refuses
//! - [`service`] and [`secret`]: the Services of the program's image, and the Secrets that they read
//! - [`broker`]: what events go through, and where events go that could not be handled
//! - [`trigger`] with its [`filter`], and [`timer`]: what brings a function its events
//! - [`binding`]: how a Service is told where the broker is
//! - [`existing`]: what is there already; [`error`]: what is refused
//! - [`kustomization`]: what holds the files together
//!
//! Objects name no namespace: whoever applies them says which. Each begins with the program's name, so that two programs can
//! share one.

mod binding;
mod broker;
mod error;
mod existing;
mod filter;
mod kustomization;
mod name;
mod secret;
mod service;
mod timer;
mod trigger;

use tusk_fn_spec::output::OutputKind;
use tusk_fn_spec::provider::Target;
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::Trigger;

pub use self::error::KnativeError;
use self::existing::Existing;
use crate::container::{Callers, Service, label, services};
use crate::selection::Selection;
use crate::yaml::{Tree, entries, map, write};
use crate::{File, Manifest, Note, NoteKind, Project, RenderError, RenderErrorKind};

const KUSTOMIZATION: &str = "kustomization.yaml";
const SERVICES: &str = "services.yaml";
const EVENTING: &str = "eventing.yaml";

/// What all objects of a program have in common.
struct Deployed<'a> {
    /// The program's name as a DNS label: what the objects' names begin with, and the image's name until it has another one.
    program: String,
    /// The Services, without empty ones.
    services: Vec<Service<'a>>,
    existing: Existing<'a>,
}

impl Deployed<'_> {
    /// The name of a function's own object.
    fn object(&self, function: &FunctionRecord) -> String {
        format!("{}-{}", self.program, label(&function.name))
    }

    /// The name of the broker.
    fn broker(&self) -> &str {
        self.existing.broker.unwrap_or(&self.program)
    }

    /// The Service that takes events, at the path of a function.
    fn function(&self, function: &FunctionRecord) -> Tree {
        let service = self.services.iter().find(|it| it.callers == Callers::Platform);
        let name = service.map(|it| it.name.as_str()).unwrap_or_default();
        map([
            ("ref", reference("serving.knative.dev/v1", "Service", name)),
            ("uri", format!("/{}", function.name).into()),
        ])
    }
}

/// The beginning of an object.
fn object(version: &str, kind: &str, name: &str) -> Vec<(String, Tree)> {
    object_with(version, kind, name, Vec::new())
}

/// Likewise with more in its metadata.
fn object_with(version: &str, kind: &str, name: &str, more: Vec<(String, Tree)>) -> Vec<(String, Tree)> {
    let mut metadata = entries([("name", name.into())]);
    metadata.extend(more);
    entries([("apiVersion", version.into()), ("kind", kind.into()), ("metadata", Tree::Map(metadata))])
}

/// What refers to an object of the same namespace.
fn reference(version: &str, kind: &str, name: &str) -> Tree {
    map([("apiVersion", version.into()), ("kind", kind.into()), ("name", name.into())])
}

pub(crate) fn render(project: &Project) -> Result<Manifest, Vec<RenderError>> {
    let selection = Selection::of(project, Target::Knative);
    let functions = &selection.functions;
    let mut errors = selection.check();
    let (existing, unsound) = Existing::collect(functions, project);
    errors.extend(unsound);
    let deployed = Deployed { program: label(&project.name), services: services(&project.name, functions), existing };
    errors.extend(name::check(&deployed, functions));
    errors.extend(broker::check(functions));
    let eventing = eventing(&deployed, functions, &mut errors);
    if !errors.is_empty() {
        return Err(errors);
    }
    let services: Vec<Tree> = deployed.services.iter().map(|it| service::service(it, &deployed)).collect();
    let mut files = vec![(SERVICES, services), (EVENTING, eventing)];
    files.retain(|(_, objects)| !objects.is_empty());
    let names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
    files.insert(0, (KUSTOMIZATION, vec![kustomization::kustomization(&deployed, &names)]));
    let file = |(name, objects): (&str, Vec<Tree>)| {
        documents(&objects).map(|text| File::new(name, header(project, name) + &text))
    };
    let files = files.into_iter().map(file).collect::<Result<_, _>>();
    let files =
        files.map_err(|error| vec![RenderError::of_project(RenderErrorKind::Yaml { reason: error.to_string() })])?;
    let notes = selection.notes().chain(notes(&deployed, functions)).collect();
    Ok(Manifest { files, notes })
}

/// The broker, what brings functions their events, and what tells Services where the broker is.
fn eventing(deployed: &Deployed<'_>, functions: &[&FunctionRecord], errors: &mut Vec<RenderError>) -> Vec<Tree> {
    let mut objects = Vec::new();
    if needs_broker(functions) && deployed.existing.broker.is_none() {
        objects.push(broker::broker(deployed));
    }
    for record in functions {
        match &record.trigger {
            Trigger::Http(_) => {}
            Trigger::Timer(timer) => match timer::source(record, timer, deployed) {
                Ok(source) => objects.push(source),
                Err(error) => errors.push(RenderError::of(record, RenderErrorKind::Schedule(error))),
            },
            Trigger::Blob(_)
            | Trigger::Queue(_)
            | Trigger::Topic(_)
            | Trigger::Database(_)
            | Trigger::Stream(_)
            | Trigger::Event(_) => objects.push(trigger::trigger(record, functions, deployed)),
        }
    }
    let sending = deployed.services.iter().filter(|service| service.functions.iter().any(|it| sends(it)));
    objects.extend(sending.map(|service| binding::binding(service, deployed)));
    objects
}

/// Whether a function sends anything.
fn sends(record: &FunctionRecord) -> bool {
    record.outputs.iter().any(|it| matches!(it.kind, OutputKind::Queue | OutputKind::Topic | OutputKind::Event))
}

/// Whether a function's events come through the broker.
fn takes_events(record: &FunctionRecord) -> bool {
    !matches!(record.trigger, Trigger::Http(_) | Trigger::Timer(_))
}

fn needs_broker(functions: &[&FunctionRecord]) -> bool {
    functions.iter().any(|it| sends(it) || takes_events(it))
}

/// What whoever deploys has to know or to do.
fn notes(deployed: &Deployed<'_>, functions: &[&FunctionRecord]) -> Vec<Note> {
    let mut notes = secret::notes(deployed, functions);
    if deployed.existing.broker.is_none() {
        notes.extend(broker::note(functions));
    }
    notes.extend(filter::note(functions));
    let inside: Vec<&Service<'_>> = deployed.services.iter().filter(|it| it.callers != Callers::Anyone).collect();
    if let Some(first) = inside.first().and_then(|it| it.functions.first()) {
        let services = inside.iter().map(|it| it.name.clone()).collect();
        notes.push(Note::of(first, NoteKind::InCluster { services }));
    }
    notes
}

/// The comment at a file's beginning.
fn header(project: &Project, file: &str) -> String {
    let image = if file == KUSTOMIZATION {
        let program = label(&project.name);
        format!("# name the image:  kustomize edit set image {program}=REGISTRY/{program}:TAG\n")
    } else {
        String::new()
    };
    format!(
        "# Written by tusk-fn {version} out of the compiled program. Do not edit: the next build overwrites it.\n\
         #\n\
         # write it again:  {command}\n\
         {image}\
         # deploy it:       kubectl apply --namespace NAMESPACE --kustomize .\n\
         \n",
        version = env!("CARGO_PKG_VERSION"),
        command = project.command_for(Target::Knative),
    )
}

/// The text of a file with these objects.
fn documents(objects: &[Tree]) -> Result<String, serde_saphyr::ser::Error> {
    let text = |object: &Tree| write(object).map(|text| format!("{}\n", text.trim_end()));
    Ok(objects.iter().map(text).collect::<Result<Vec<_>, _>>()?.join("---\n"))
}
