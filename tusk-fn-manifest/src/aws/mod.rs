//! AWS: a SAM template with one Lambda function for each function of the program.
//!
//! - [`cfn`], [`iam`], [`id`] and [`arn`]: the words of the template, permissions, logical ids of which no two are alike, and ARNs
//! - [`function`]: what every function needs: itself, its role, its log group
//! - one module for what each kind of trigger adds, and one for what several of them share: [`asynchronous`] calls, the events of
//!   a [`rule`], the [`messages`] of a queue, the [`shards`] of a log; [`routes`] and [`filter`] for what takes some thought
//! - [`outputs`], [`environment`] and [`idempotency`]: what functions use, and how they are told of it
//! - [`keys`]: what they may do with keys that encrypt what is there already
//! - [`dead_letters`] and [`alarm`]: where events go that could not be handled, and who is told
//! - [`resource`]: what functions refer to, made once for all of them
//!
//! A role may do what the function's trigger and outputs ask for and nothing else, and names each resource. Physical names are
//! left to `CloudFormation` or derived from the stack's, so that a template can be deployed twice into one account.

mod alarm;
mod arn;
mod asynchronous;
mod blob;
mod cfn;
mod database;
mod dead_letters;
mod environment;
mod event;
mod filter;
mod function;
mod http;
mod iam;
mod id;
mod idempotency;
mod keys;
mod messages;
mod outputs;
mod queue;
mod resource;
pub(crate) mod routes;
mod rule;
mod shards;
mod stream;
mod timer;
mod topic;

use tusk_fn_spec::provider::Target;
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::Trigger;

use self::resource::Resources;
use self::routes::Route;
use crate::circle;
use crate::selection::Selection;
use crate::yaml::{Tree, map, write};
use crate::{Architecture, File, Manifest, Package, Project, RenderError, RenderErrorKind};

/// What the template refers to. Lambda calls the program of a custom runtime so.
pub(crate) const PACKAGE: Package = Package { archive: "bootstrap.zip", program: "bootstrap", folder: None };
/// The template's path.
const TEMPLATE: &str = "template.yaml";
/// `CloudFormation`: 500 resources in a stack ("Understand `CloudFormation` quotas").
const MOST_RESOURCES: usize = 500;
/// API Gateway: 300 routes in an HTTP API ("Quotas for configuring and running an HTTP API").
const MOST_ROUTES: usize = 300;
/// `CloudFormation`: 200 outputs of a template ("Understand `CloudFormation` quotas").
const MOST_OUTPUTS: usize = 200;

/// A part of the template: what a function needs, or what several share.
#[derive(Debug, Default)]
struct Part {
    resources: Vec<(String, Tree)>,
    outputs: Vec<(String, Tree)>,
    /// How many resources SAM adds to those above when it expands the template.
    expanded: usize,
}

/// What was rendered, or why it could not be.
type Rendered<T> = Result<T, Box<RenderErrorKind>>;

pub(crate) fn render(project: &Project) -> Result<Manifest, Vec<RenderError>> {
    let selection = Selection::of(project, Target::Aws);
    let functions = &selection.functions;
    let routes = routes::resolve(functions);
    let (resources, unsound) = Resources::collect(functions, project);
    let mut errors = selection.check();
    errors.extend(circle::of(functions));
    errors.extend(unsound);
    let parts = parts(functions, &routes, &resources, &mut errors);
    check_environments(project, functions, &resources, &mut errors);
    check_counts(&routes, &parts, &mut errors);
    if !errors.is_empty() {
        return Err(errors);
    }
    let notes = selection.notes().chain(routes::notes(functions)).chain(resource::notes(&resources)).collect();
    let template = template(project, functions.len(), parts);
    let yaml = write(&template)
        .map_err(|error| vec![RenderError::of_project(RenderErrorKind::Yaml { reason: error.to_string() })])?;
    let contents = format!("{}{}\n", header(project), yaml.trim_end());
    Ok(Manifest { files: vec![File::new(TEMPLATE, contents)], notes })
}

fn check_counts(routes: &[Route<'_>], parts: &[Part], errors: &mut Vec<RenderError>) {
    if routes.len() > MOST_ROUTES {
        let kind = RenderErrorKind::TooManyRoutes { found: routes.len(), most: MOST_ROUTES };
        errors.push(RenderError::of_project(kind));
    }
    let found = parts.iter().map(|part| part.resources.len() + part.expanded).sum();
    if found > MOST_RESOURCES {
        errors.push(RenderError::of_project(RenderErrorKind::TooManyResources { found, most: MOST_RESOURCES }));
    }
    let found = parts.iter().map(|part| part.outputs.len()).sum();
    if found > MOST_OUTPUTS {
        errors.push(RenderError::of_project(RenderErrorKind::TooManyOutputs { found, most: MOST_OUTPUTS }));
    }
}

/// Lambda refuses functions with too long an environment. How long it is follows from the stack's name; `sam deploy` proposes
/// the program's.
fn check_environments(
    project: &Project,
    functions: &[&FunctionRecord],
    resources: &Resources<'_>,
    errors: &mut Vec<RenderError>,
) {
    for record in functions {
        let found = environment::bytes(record, resources, project.name.len());
        if found > environment::MOST_BYTES {
            let kind = RenderErrorKind::EnvironmentTooLong { found, most: environment::MOST_BYTES };
            errors.push(RenderError::of(record, kind));
        }
    }
}

/// The API's part, if there is an API, then each function's, and then those of what functions share.
fn parts(
    functions: &[&FunctionRecord],
    routes: &[Route<'_>],
    resources: &Resources<'_>,
    errors: &mut Vec<RenderError>,
) -> Vec<Part> {
    let mut parts = Vec::new();
    if !routes.is_empty() {
        parts.push(http::api());
    }
    for record in functions {
        match part(record, routes, resources) {
            Ok(part) => parts.extend([part, dead_letters::part(record)]),
            Err(kind) => errors.push(RenderError::of(record, *kind)),
        }
    }
    parts.extend(resources.parts());
    parts.extend(idempotency::part(functions));
    parts
}

fn part(record: &FunctionRecord, routes: &[Route<'_>], resources: &Resources<'_>) -> Rendered<Part> {
    match &record.trigger {
        Trigger::Http(http) => Ok(http::part(record, http, routes, resources)),
        Trigger::Timer(timer) => timer::part(record, timer, resources),
        Trigger::Blob(blob) => blob::part(record, blob, resources),
        Trigger::Queue(queue) => queue::part(record, queue, resources),
        Trigger::Topic(topic) => topic::part(record, topic, resources),
        Trigger::Database(database) => Ok(database::part(record, database, resources)),
        Trigger::Stream(stream) => Ok(stream::part(record, stream, resources)),
        Trigger::Event(event) => event::part(record, event, resources),
    }
}

/// The comment at the template's beginning.
fn header(project: &Project) -> String {
    format!(
        "# Written by tusk-fn {version} out of the compiled program. Do not edit: the next build overwrites it.\n\
         #\n\
         # write it again:  {command}\n\
         # deploy it:       sam deploy --guided --capabilities CAPABILITY_IAM --template-file {TEMPLATE}\n\
         \n",
        version = env!("CARGO_PKG_VERSION"),
        command = project.command_for(Target::Aws),
    )
}

fn template(project: &Project, functions: usize, parts: Vec<Part>) -> Tree {
    let makes = |kind: &str| parts.iter().flat_map(|part| &part.resources).any(|(_, tree)| tree.is_of_type(kind));
    let (has_api, has_alarms) = (makes("AWS::Serverless::HttpApi"), makes("AWS::CloudWatch::Alarm"));
    let mut resources = Vec::new();
    let mut outputs = Vec::new();
    for part in parts {
        resources.extend(part.resources.into_iter().map(|(id, tree)| (id, tree.spaced())));
        outputs.extend(part.outputs);
    }
    let description = match functions {
        1 => format!("{}: one function", project.name),
        more => format!("{}: {more} functions", project.name),
    };
    let mut entries = vec![
        ("AWSTemplateFormatVersion".to_owned(), "2010-09-09".into()),
        ("Transform".to_owned(), "AWS::Serverless-2016-10-31".into()),
        ("Description".to_owned(), Tree::from(description).spaced()),
        ("Parameters".to_owned(), parameters(has_api, has_alarms).spaced()),
    ];
    if has_alarms {
        entries.push(("Conditions".to_owned(), alarm::conditions().spaced()));
    }
    entries.push(("Globals".to_owned(), map([("Function", globals(project.architecture_for(Target::Aws)))]).spaced()));
    entries.push(("Resources".to_owned(), Tree::Map(resources)));
    if !outputs.is_empty() {
        entries.push(("Outputs".to_owned(), Tree::Map(outputs)));
    }
    Tree::Map(entries)
}

/// What whoever deploys may decide: `sam deploy --parameter-overrides`.
fn parameters(has_api: bool, has_alarms: bool) -> Tree {
    let number = |description: &str, default: u64| {
        map([("Type", "Number".into()), ("Description", description.into()), ("Default", default.into())])
    };
    let mut entries = vec![(id::RETENTION, number("For how many days logs are kept", 30))];
    if has_api {
        entries.push((id::RATE, number("How many requests a second the API lets through, on average", 1000)));
        entries.push((id::BURST, number("How many requests the API lets through at once", 2000)));
    }
    if has_alarms {
        entries.push((id::ALARM_TOPIC, alarm::parameter()));
    }
    Tree::Map(entries.into_iter().map(|(id, tree)| (id.to_owned(), tree)).collect())
}

/// What all functions share.
fn globals(architecture: Architecture) -> Tree {
    map([
        ("Runtime", "provided.al2023".into()),
        ("Handler", "bootstrap".into()),
        ("CodeUri", PACKAGE.archive.into()),
        ("Architectures", [architecture.name()].into()),
        ("Environment", map([("Variables", map([(environment::PROVIDER.0, environment::PROVIDER.1.into())]))])),
    ])
}
