//! A Service: one image, and the functions with one kind of caller.
//!
//! Its settings are those that every cluster takes: what Knative only takes behind a feature flag (a pod's own security context,
//! for example) is set for the container instead (knative/serving, `pkg/apis/serving/fieldmask.go`).

use tusk_fn_spec::limits::MEGABYTE;
use tusk_fn_spec::provider::Target;
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::Trigger;

use super::{Deployed, object_with, secret};
use crate::container::{Callers, Service, variable};
use crate::yaml::{Tree, entries, map};

/// The port that the program listens on; Knative tells it in `PORT`.
const PORT: u64 = 8080;
/// The memory of a Service whose functions do not say how much they need, in MB: as on AWS.
const DEFAULT_MEMORY_MB: u64 = 256;

/// The Service.
pub(super) fn service(service: &Service<'_>, deployed: &Deployed<'_>) -> Tree {
    // Without this label it would have an address that the world can reach.
    let hidden = || entries([("labels", map([("networking.knative.dev/visibility", "cluster-local".into())]))]);
    let more = if service.callers == Callers::Anyone { Vec::new() } else { hidden() };
    let mut tree = object_with("serving.knative.dev/v1", "Service", &service.name, more);
    tree.extend(entries([("spec", map([("template", map([("spec", Tree::Map(pod(service, deployed)))]))]))]));
    Tree::Map(tree)
}

fn pod(service: &Service<'_>, deployed: &Deployed<'_>) -> Vec<(String, Tree)> {
    let mut pod = entries([
        // Nothing in the program calls Kubernetes.
        ("automountServiceAccountToken", false.into()),
        ("timeoutSeconds", service.timeout().as_secs().into()),
        // Else it is 300 seconds by default, whatever the timeout is.
        ("responseStartTimeoutSeconds", service.timeout().as_secs().into()),
    ]);
    if let Some(most) = concurrency(&service.functions) {
        pod.extend(entries([("containerConcurrency", u64::from(most).into())]));
    }
    let volume = secret::volume(&service.functions, deployed);
    let mut container = container(service, deployed);
    if volume.is_some() {
        container.extend(entries([("volumeMounts", [secret::mount()].into())]));
    }
    pod.extend(entries([("containers", [Tree::Map(container)].into())]));
    pod.extend(volume.map(|volume| ("volumes".to_owned(), [volume].into())));
    pod
}

fn container(service: &Service<'_>, deployed: &Deployed<'_>) -> Vec<(String, Tree)> {
    let mut environment = service.environment(Target::Knative);
    environment.extend(secret::resources(&service.functions).map(|it| variable("TUSK_FN_RESOURCES", it)));
    let memory = || map([("memory", quantity(service.memory().unwrap_or(DEFAULT_MEMORY_MB * MEGABYTE)).into())]);
    entries([
        ("image", deployed.program.as_str().into()),
        ("ports", [map([("containerPort", PORT.into())])].into()),
        // The port is open once all inits have ended well.
        ("readinessProbe", map([("tcpSocket", map([("port", PORT.into())]))])),
        ("env", Tree::List(environment)),
        ("resources", map([("requests", memory()), ("limits", memory())])),
        ("securityContext", security()),
    ])
}

/// What the program may do beyond computing: nothing. It is what the Pod Security Standards call restricted.
fn security() -> Tree {
    map([
        ("runAsNonRoot", true.into()),
        ("allowPrivilegeEscalation", false.into()),
        ("readOnlyRootFilesystem", true.into()),
        ("capabilities", map([("drop", ["ALL"].into())])),
        ("seccompProfile", map([("type", "RuntimeDefault".into())])),
    ])
}

/// How many requests a process gets at the same time, if functions limit that: a message is a request, and the process is
/// the Service's, so that the strictest function decides.
fn concurrency(functions: &[&FunctionRecord]) -> Option<u32> {
    let of = |record: &&FunctionRecord| match &record.trigger {
        Trigger::Queue(queue) => Some(queue.delivery.concurrency),
        Trigger::Topic(topic) => Some(topic.delivery.concurrency),
        Trigger::Http(_)
        | Trigger::Timer(_)
        | Trigger::Blob(_)
        | Trigger::Database(_)
        | Trigger::Stream(_)
        | Trigger::Event(_) => None,
    };
    functions.iter().filter_map(of).min()
}

/// An amount of memory as Kubernetes writes it.
fn quantity(bytes: u64) -> String {
    if bytes.is_multiple_of(MEGABYTE) { format!("{}Mi", bytes / MEGABYTE) } else { bytes.to_string() }
}
