//! AWS: a SAM template with one Lambda function for each function of the program.
//!
//! - [`id`]: logical ids made of function names, no two alike
//! - [`routes`]: which function answers which route of the API, as the program itself would decide
//! - [`function`]: what every function needs: itself, its role, its log group
//! - [`http`] and [`timer`]: what a trigger adds
//!
//! A role may do what the function's trigger asks for and nothing else, and names each resource. Physical names are left to
//! `CloudFormation` or derived from the stack's, so that a template can be deployed twice into one account.

mod function;
mod http;
mod id;
mod routes;
mod timer;

use std::cmp::Ordering;

use tusk_fn_spec::limits;
use tusk_fn_spec::project::duplicates;
use tusk_fn_spec::provider::Target;
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::Trigger;

use self::routes::Route;
use crate::yaml::{Tree, map, write};
use crate::{Architecture, File, Manifest, Note, NoteKind, Project, RenderError, RenderErrorKind};

/// The template's path.
const TEMPLATE: &str = "template.yaml";
/// `CloudFormation`: 500 resources in a stack ("Understand `CloudFormation` quotas").
const MOST_RESOURCES: usize = 500;
/// API Gateway: 300 routes in an HTTP API ("Quotas for configuring and running an HTTP API").
const MOST_ROUTES: usize = 300;

/// A function's part of the template.
#[derive(Debug, Default)]
struct Part {
    resources: Vec<(String, Tree)>,
    outputs: Vec<(String, Tree)>,
    /// How many resources SAM adds to those above when it expands the template.
    expanded: usize,
}

pub(crate) fn render(project: &Project) -> Result<Manifest, Vec<RenderError>> {
    let mut functions: Vec<&FunctionRecord> = project.functions.iter().collect();
    functions.sort_by(|a, b| order(a, b));
    let (functions, others): (Vec<_>, Vec<_>) = functions.into_iter().partition(|it| it.is_for(Target::Aws));
    let routes = routes::resolve(&functions);
    let mut errors = check(project, &functions, others.len());
    let parts = parts(&functions, &routes, &mut errors);
    check_counts(&routes, &parts, &mut errors);
    if !errors.is_empty() {
        return Err(errors);
    }
    let left_out = others.iter().map(|it| Note::of(it, NoteKind::LeftOut { target: Target::Aws }));
    let notes = left_out.chain(routes::notes(&functions)).collect();
    let template = template(project, functions.len(), parts);
    let yaml = write(&template)
        .map_err(|error| vec![RenderError::of_project(RenderErrorKind::Yaml { reason: error.to_string() })])?;
    let contents = format!("{}{}\n", header(project), yaml.trim_end());
    Ok(Manifest { files: vec![File { path: TEMPLATE.to_owned(), contents }], notes })
}

/// By name; the rest only makes the order of equal names certain.
fn order(a: &FunctionRecord, b: &FunctionRecord) -> Ordering {
    a.name.cmp(&b.name).then_with(|| a.source.file.cmp(&b.source.file)).then_with(|| a.source.line.cmp(&b.source.line))
}

fn check(project: &Project, functions: &[&FunctionRecord], others: usize) -> Vec<RenderError> {
    if functions.is_empty() {
        return vec![RenderError::of_project(RenderErrorKind::NoFunctions { target: Target::Aws, others })];
    }
    let mut sorted = project.functions.clone();
    sorted.sort_by(order);
    let mut errors: Vec<RenderError> = duplicates(&sorted)
        .into_iter()
        .map(|duplicate| RenderError::of_project(RenderErrorKind::Duplicate(duplicate)))
        .collect();
    for record in functions {
        let limits = limits::exceeded(record, Target::Aws);
        errors.extend(limits.into_iter().map(|limit| RenderError::of(record, RenderErrorKind::Limit(limit))));
    }
    errors
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
}

/// The API's part, if there is an API, and then each function's.
fn parts(functions: &[&FunctionRecord], routes: &[Route<'_>], errors: &mut Vec<RenderError>) -> Vec<Part> {
    let mut parts = Vec::new();
    if !routes.is_empty() {
        parts.push(http::api());
    }
    for record in functions {
        match &record.trigger {
            Trigger::Http(http) => parts.push(http::part(record, http, routes)),
            Trigger::Timer(timer) => match timer::part(record, timer) {
                Ok(part) => parts.push(part),
                Err(error) => errors.push(RenderError::of(record, RenderErrorKind::Schedule(error))),
            },
        }
    }
    parts
}

/// The comment at the template's beginning.
fn header(project: &Project) -> String {
    let Project { command, .. } = project;
    format!(
        "# Written by tusk-fn {version} out of the compiled program. Do not edit: the next build overwrites it.\n\
         #\n\
         # write it again:  {command}\n\
         # deploy it:       sam deploy --guided --capabilities CAPABILITY_IAM --template-file {TEMPLATE}\n\
         \n",
        version = env!("CARGO_PKG_VERSION"),
        command = command.replace(char::is_control, " "),
    )
}

fn template(project: &Project, functions: usize, parts: Vec<Part>) -> Tree {
    let has_api = parts.first().is_some_and(|part| part.resources.iter().any(|(id, _)| id == id::API));
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
        ("Parameters".to_owned(), parameters(has_api).spaced()),
        ("Globals".to_owned(), map([("Function", globals(project.architecture))]).spaced()),
        ("Resources".to_owned(), Tree::Map(resources)),
    ];
    if !outputs.is_empty() {
        entries.push(("Outputs".to_owned(), Tree::Map(outputs)));
    }
    Tree::Map(entries)
}

/// What whoever deploys may decide: `sam deploy --parameter-overrides`.
fn parameters(has_api: bool) -> Tree {
    let number = |description: &str, default: u64| {
        map([("Type", "Number".into()), ("Description", description.into()), ("Default", default.into())])
    };
    let mut entries = vec![(id::RETENTION, number("For how many days logs are kept", 30))];
    if has_api {
        entries.push((id::RATE, number("How many requests a second the API lets through, on average", 1000)));
        entries.push((id::BURST, number("How many requests the API lets through at once", 2000)));
    }
    Tree::Map(entries.into_iter().map(|(id, tree)| (id.to_owned(), tree)).collect())
}

/// What all functions share.
fn globals(architecture: Architecture) -> Tree {
    let architecture = match architecture {
        Architecture::Arm64 => "arm64",
        Architecture::X86_64 => "x86_64",
    };
    map([
        ("Runtime", "provided.al2023".into()),
        ("Handler", "bootstrap".into()),
        ("CodeUri", "bootstrap.zip".into()),
        ("Architectures", [architecture].into()),
        ("Environment", map([("Variables", map([("TUSK_FN_PROVIDER", "aws".into())]))])),
    ])
}

/// `!GetAtt id.attribute`
fn attribute(id: &str, attribute: &str) -> Tree {
    Tree::Tagged("!GetAtt", format!("{id}.{attribute}"))
}

/// `!Ref id`
fn reference(id: &str) -> Tree {
    Tree::Tagged("!Ref", id.to_owned())
}

/// `!Sub text`
fn substituted(text: &str) -> Tree {
    Tree::Tagged("!Sub", text.to_owned())
}
