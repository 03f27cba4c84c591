//! Azure: an ARM template with one function app, on the Flex Consumption plan, and the folder that is packed for it.
//!
//! - [`arm`], [`role`] and [`names`]: the words of the template, permissions, and what things are called
//! - [`host`] and [`function`]: `host.json`, and `function.json` of each function; [`routes`] for what takes some thought
//! - [`program`]: what the functions need, asked by a module for each service: [`service_bus`] (with [`filter`]), [`storage`],
//!   [`cosmos`], [`event_hubs`], [`event_grid`], [`monitor`]
//! - [`app`] and [`settings`]: the app itself, and what it is told
//! - [`deploy`] and [`local`]: a script for deploying, and the settings on one's own machine
//!
//! An app has one identity, so that each of its functions may do what any of them asks for; what is granted is still each
//! resource and each way of using it, and nothing that no function asks for. Names are derived from the resource group's, so that
//! a template can be deployed once into each.

mod app;
mod arm;
mod cosmos;
mod deploy;
mod event_grid;
mod event_hubs;
mod filter;
mod function;
mod host;
mod local;
mod monitor;
mod names;
mod program;
mod role;
pub(crate) mod routes;
mod service_bus;
mod settings;
mod storage;

use tusk_fn_spec::azure::{DEFAULT_PREFIX, Unservable, unservable};
use tusk_fn_spec::provider::Target;
use tusk_fn_spec::record::FunctionRecord;

use self::arm::{Resource, expression};
use self::program::Program;
use self::role::Grants;
use crate::selection::Selection;
use crate::yaml::{Tree, entries, map};
use crate::{File, Manifest, Note, NoteKind, Package, Project, RenderError, RenderErrorKind, ResourceKind, json, uses};

/// The template's path.
const TEMPLATE: &str = "template.json";
/// The folder of what is packed.
const FOLDER: &str = "app/";
/// What is deployed.
pub(crate) const PACKAGE: Package = Package { archive: "app.zip", program: "handler", folder: Some(FOLDER) };
/// What is in the folder for one's own machine only.
pub(crate) const LOCAL_SETTINGS: &str = "local.settings.json";
/// Azure Resource Manager: 800 resources of a template ("Azure Resource Manager template limits").
const MOST_RESOURCES: usize = 800;

/// What was rendered, or why it could not be.
type Rendered<T> = Result<T, Box<RenderErrorKind>>;

pub(crate) fn render(project: &Project) -> Result<Manifest, Vec<RenderError>> {
    let selection = Selection::of(project, Target::Azure);
    let functions = selection.functions.as_slice();
    let program = Program::new(&project.name, functions);
    let mut errors = selection.check();
    errors.extend(unsupported(project));
    errors.extend(unserved(functions));
    errors.extend(program.check());
    errors.extend(mixed_positions(functions));
    let folders = folders(functions, &mut errors);
    let resources = resources(&program, &mut errors);
    let found = resources.iter().map(Resource::count).sum();
    if found > MOST_RESOURCES {
        let kind = RenderErrorKind::TemplateTooLarge { found, most: MOST_RESOURCES };
        errors.push(RenderError::of_project(kind));
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let of_app = |path: &str, contents: String| File::new(format!("{FOLDER}{path}"), contents);
    let mut files = vec![
        File::new(TEMPLATE, json::write(&template(project, &program, resources))),
        deploy::script(project, &uses::collect(functions)),
        of_app("host.json", host::render(functions)),
        of_app(LOCAL_SETTINGS, local::render(functions)),
    ];
    files.extend(folders.into_iter().map(|(folder, contents)| of_app(&format!("{folder}/function.json"), contents)));
    let notes = selection.notes().chain(notes(&program)).collect();
    Ok(Manifest { files, notes })
}

/// What is there already, and its keys: this version makes everything.
fn unsupported(project: &Project) -> impl Iterator<Item = RenderError> {
    let all = project.existing.iter().chain(&project.keys);
    all.map(|it| RenderErrorKind::ExistingUnsupported { target: Target::Azure, kind: it.kind, name: it.name.clone() })
        .map(RenderError::of_project)
}

/// What the host cannot serve. That there is no function was said before.
fn unserved(functions: &[&FunctionRecord]) -> Vec<RenderError> {
    let faults = unservable(functions, DEFAULT_PREFIX).into_iter().filter(|fault| *fault != Unservable::None);
    let error = |fault: Unservable| {
        let record = functions.iter().find(|record| fault.function() == Some(&record.name));
        let kind = RenderErrorKind::Unservable(fault.clone());
        record.map_or_else(|| RenderError::of_project(kind.clone()), |record| RenderError::of(record, kind.clone()))
    };
    faults.map(error).collect()
}

/// Where functions begin to read streams is one setting of the host's.
fn mixed_positions(functions: &[&FunctionRecord]) -> Vec<RenderError> {
    let mut streams = functions.iter().filter_map(|record| Some((*record, host::stream_of(record)?)));
    let Some((first, its)) = streams.next() else { return Vec::new() };
    let kind = || RenderErrorKind::MixedPositions { other: first.name.clone() };
    streams.filter(|(_, stream)| stream.from != its.from).map(|(record, _)| RenderError::of(record, kind())).collect()
}

/// The functions' folders, each with its `function.json`.
fn folders(functions: &[&FunctionRecord], errors: &mut Vec<RenderError>) -> Vec<(String, String)> {
    let mut folders: Vec<(String, String)> = Vec::new();
    for record in functions {
        let rendered = function::folder(record).and_then(|folder| Ok((folder, function::render(record, functions)?)));
        match rendered {
            Ok((folder, _)) if folders.iter().any(|(other, _)| other.eq_ignore_ascii_case(&folder)) => {
                errors.push(RenderError::of(record, RenderErrorKind::FolderTwice { folder }));
            }
            Ok(folder) => folders.push(folder),
            Err(kind) => errors.push(RenderError::of(record, *kind)),
        }
    }
    folders.sort();
    folders
}

/// Everything that is made: what is used before what uses it.
fn resources(program: &Program<'_>, errors: &mut Vec<RenderError>) -> Vec<Resource> {
    let mut grants = Grants::of(app::identity());
    monitor::grant(&mut grants);
    storage::grant(program, &mut grants);
    service_bus::grant(program, &mut grants);
    event_hubs::grant(program, &mut grants);
    event_grid::grant(program, &mut grants);
    app::grant(program, &mut grants);
    let mut resources = app::resources(program, &grants, &settings::needed(program));
    resources.extend(grants.resources());
    resources.extend(storage::resources(program));
    resources.extend(service_bus::resources(program, errors));
    resources.extend(event_grid::resources(program));
    resources.extend(event_hubs::resources(program));
    resources.extend(cosmos::resources(program));
    resources.extend(monitor::resources(program));
    resources
}

fn template(project: &Project, program: &Program<'_>, resources: Vec<Resource>) -> Tree {
    let written = format!(
        "Written by tusk-fn {version} out of the compiled program. Do not edit: the next build overwrites it. Write it again \
         with `{command}`, and deploy it with `deploy.sh`.",
        version = env!("CARGO_PKG_VERSION"),
        command = project.command_for(Target::Azure),
    );
    map([
        ("$schema", "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#".into()),
        ("contentVersion", "1.0.0.0".into()),
        ("metadata", map([("description", written.into())])),
        ("parameters", parameters(program)),
        ("variables", variables(program)),
        ("resources", Tree::List(resources.into_iter().map(Resource::tree).collect())),
        (
            "outputs",
            map([
                ("app", output(&arm::variable("name"))),
                ("url", output(&format!("concat('https://', {}.defaultHostName)", app::site().reference()))),
            ]),
        ),
    ])
}

fn output(value: &str) -> Tree {
    map([("type", "string".into()), ("value", expression(value))])
}

/// What whoever deploys may decide.
fn parameters(program: &Program<'_>) -> Tree {
    let parameter = |kind: &str, description: &str, default: Option<Tree>| {
        let mut out = entries([("type", kind.into())]);
        out.extend(default.map(|default| ("defaultValue".to_owned(), default)));
        out.push(("metadata".to_owned(), map([("description", description.into())])));
        Tree::Map(out)
    };
    let mut out = entries([
        ("location", parameter("string", "Where everything is made", Some(expression("resourceGroup().location")))),
        ("maximumInstanceCount", parameter("int", "How many instances the app may have", Some(100.into()))),
        ("logRetentionDays", parameter("int", "For how many days logs are kept", Some(30.into()))),
    ]);
    if monitor::has_alerts(program) {
        let description = "The id of the action group that is told of what could not be handled; empty for nobody";
        out.push(("alertActionGroupId".to_owned(), parameter("string", description, Some("".into()))));
    }
    if program.has(ResourceKind::Bucket) {
        let description = "How many copies of the buckets' objects there are, and where";
        out.push(("bucketRedundancy".to_owned(), parameter("string", description, Some("Standard_LRS".into()))));
    }
    if program.has(ResourceKind::Secret) {
        let description = "The Key Vault of this resource group that has the program's secrets";
        out.push(("keyVaultName".to_owned(), parameter("string", description, None)));
    }
    Tree::Map(out)
}

fn variables(program: &Program<'_>) -> Tree {
    let unique = format!("uniqueString(resourceGroup().id, {})", arm::quoted(program.name));
    let label = arm::quoted(&format!("{}-", names::label(program.name)));
    let mut out = entries([
        ("name", expression(&format!("concat({label}, {unique})"))),
        ("hostStorage", expression(&format!("concat('host', {unique})"))),
    ]);
    if program.has(ResourceKind::Bucket) {
        out.push(("bucketStorage".to_owned(), expression(&format!("concat('buckets', {unique})"))));
    }
    if program.has(ResourceKind::Stream) {
        // Service Bus and Event Hubs are in one domain.
        out.push(("hubs".to_owned(), expression(&format!("concat({label}, {unique}, '-hubs')"))));
    }
    out.extend(monitor::criteria(program).map(|criteria| ("criteria".to_owned(), criteria)));
    out.extend(settings::resources(program).map(|resources| ("resources".to_owned(), resources)));
    Tree::Map(out)
}

/// What whoever deploys has to know or to do.
fn notes(program: &Program<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    for (name, used) in program.resources(ResourceKind::Secret) {
        let kind = NoteKind::VaultSecret { secret: name.to_owned() };
        notes.extend(used.first().map(|record| Note::of(record, kind)));
    }
    let mut using = program.functions.iter().filter(|record| !record.outputs.is_empty());
    if program.functions.len() > 1
        && let Some(first) = using.next()
    {
        notes.push(Note::of(first, NoteKind::SharedIdentity { functions: program.functions.len() }));
    }
    notes
}
