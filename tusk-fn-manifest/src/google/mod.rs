//! Google: up to three services of Cloud Run, and a script that makes what they need and what calls them.
//!
//! - [`name`]: what things are called in a project, of which no two are alike; [`existing`]: names of what is there already
//! - [`resource`]: what functions refer to, made once for all of them; [`check`]: what can be wrong with it
//! - `service.yaml`, by [`service`]
//! - [`access`]: what the accounts of the services may do
//! - `deploy.sh`, by [`script`]
//!
//! There is no template: Google's own tool for that needs a state or a controller. A script of `gcloud` is what its documentation
//! has for each of these things, so it can be read and changed by whoever knows that. It makes what is missing and deletes nothing.
//!
//! Who may call is decided for a service as a whole, so that functions are grouped by it, and each service has an account of its
//! own. What functions of one service may do, all of them may.

mod access;
mod check;
mod existing;
mod name;
mod resource;
mod script;
mod service;

use tusk_fn_spec::provider::Target;

use self::name::Names;
use self::resource::Resources;
use self::script::Plan;
use crate::circle;
use crate::container::{Service, services};
use crate::selection::Selection;
use crate::yaml::write;
use crate::{File, Manifest, Project, RenderError, RenderErrorKind};

/// The path of the services.
const SERVICES: &str = "service.yaml";
/// The path of the script.
const SCRIPT: &str = "deploy.sh";

pub(crate) fn render(project: &Project) -> Result<Manifest, Vec<RenderError>> {
    let selection = Selection::of(project, Target::Google);
    let functions = &selection.functions;
    let mut errors = selection.check();
    let names = Names::of(&project.name);
    if !names.are_sound() {
        errors.push(RenderError::of_project(RenderErrorKind::ProgramName { found: project.name.clone() }));
    }
    errors.extend(circle::of(functions));
    let mut resources = Resources::of(functions, names);
    errors.extend(check::existing(&mut resources, project));
    let services = services(&project.name, functions);
    let grants = access::grants(&services, &resources);
    let script = script::text(&Plan { project, services: &services, resources: &resources, grants: &grants });
    let script = script.map_err(|found| errors.extend(found)).unwrap_or_default();
    if !errors.is_empty() {
        return Err(errors);
    }
    let notes = selection.notes().chain(check::notes(&resources)).collect();
    let yaml = services_file(project, &services, &resources);
    let yaml =
        yaml.map_err(|error| vec![RenderError::of_project(RenderErrorKind::Yaml { reason: error.to_string() })])?;
    Ok(Manifest { files: vec![File::script(SCRIPT, script), File::new(SERVICES, yaml)], notes })
}

/// All services, each a document.
fn services_file(
    project: &Project,
    services: &[Service<'_>],
    resources: &Resources<'_>,
) -> Result<String, serde_saphyr::ser::Error> {
    let mut text = format!(
        "# Written by tusk-fn {version} out of the compiled program. Do not edit: the next build overwrites it.\n\
         #\n\
         # write it again:  {command}\n\
         # deploy it:       PROJECT_ID=… REGION=… IMAGE=… ./{SCRIPT}, which puts these in\n",
        version = env!("CARGO_PKG_VERSION"),
        command = project.command_for(Target::Google),
    );
    for service in services {
        let yaml = write(&service::tree(service, resources))?;
        text.push_str("---\n");
        text.push_str(yaml.trim_end());
        text.push('\n');
    }
    Ok(text)
}
