//! The configuration that users arrive with: what the published guide for Rust shows.

use tusk_fn_spec::provider::Target;
use tusk_tsk::value::{Entry, Node, Value};

use super::fault::{ConfigurationErrorKind, Faults};
use super::section::{Known, check, entries};
use super::{Configuration, Expected};

/// Sections of the guide that hold Rust code.
const CODE: [&str; 3] = ["serverless_implementation", "lambda_implementation", "azure_implementation"];

/// Switches of the guide that say where to deploy.
const TARGETS: [(&str, Target); 6] = [
    ("aws_lambda", Target::Aws),
    ("azure_functions", Target::Azure),
    ("google_cloud_functions", Target::Google),
    ("knative", Target::Knative),
    ("enable_aws_lambda", Target::Aws),
    ("enable_azure_functions", Target::Azure),
];

const ARCHITECTURE: &[&str] = &["aws_lambda", "azure_functions", "google_cloud_functions", "knative"];
const COMPONENTS: &[&str] = &["lambda_runtime", "azure_functions", "serde", "tokio"];
const SWITCHES: &[&str] =
    &["enable_aws_lambda", "enable_azure_functions", "enable_cold_start_optimization", "enable_monitoring"];
const AWS: &[&str] = &["lambda_runtime", "api_gateway", "dynamodb", "s3"];
const AZURE: &[&str] = &["http_triggers", "timer_triggers", "blob_triggers", "cosmos_db_triggers"];

/// The other names of providers.
const PROVIDERS: [(&str, Target); 11] = [
    ("aws", Target::Aws),
    ("AWS", Target::Aws),
    ("aws_lambda", Target::Aws),
    ("azure", Target::Azure),
    ("Azure", Target::Azure),
    ("google", Target::Google),
    ("gcp", Target::Google),
    ("google_cloud", Target::Google),
    ("GoogleCloud", Target::Google),
    ("knative", Target::Knative),
    ("Knative", Target::Knative),
];

/// What is read and changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Remark {
    /// The section.
    pub section: String,
    /// The key.
    pub key: String,
}

pub(super) fn names() -> impl Iterator<Item = &'static str> {
    ["serverless_components", "serverless_configuration", "aws_lambda", "azure_functions"].into_iter()
}

/// Refuses a section of code.
pub(super) fn refuse(entry: &Entry<'_>, faults: &mut Faults) -> bool {
    let code = CODE.contains(&entry.key.as_ref());
    if code {
        faults.push(entry.key_span, ConfigurationErrorKind::RustCode { section: entry.key.to_string() });
    }
    code
}

/// Reads a section that only the guide has; false if this is none of them.
pub(super) fn read(entry: &Entry<'_>, configuration: &mut Configuration, faults: &mut Faults) -> bool {
    match entry.key.as_ref() {
        "serverless_components" => {
            check(entry, Known::Keys(COMPONENTS), faults);
            let section = entry.key.to_string();
            let remarks =
                entries(entry, faults).iter().map(|it| Remark { section: section.clone(), key: it.key.to_string() });
            configuration.remarks.extend(remarks);
        }
        "serverless_configuration" => {
            check(entry, Known::Keys(SWITCHES), faults);
            for switch in entries(entry, faults) {
                let Some(on) = boolean(&switch.node, faults) else { continue };
                match switch.key.as_ref() {
                    "enable_cold_start_optimization" => configuration.cold_start_optimization = on,
                    "enable_monitoring" => configuration.monitoring = on,
                    name => configuration.add_target(target_of(name).filter(|_| on)),
                }
            }
        }
        "aws_lambda" => expect(entry, Target::Aws, AWS, configuration, faults),
        "azure_functions" => expect(entry, Target::Azure, AZURE, configuration, faults),
        _ => return false,
    }
    true
}

/// Reads `aws_lambda: true` and its like; false if this is none of them.
pub(super) fn switch(entry: &Entry<'_>, configuration: &mut Configuration, faults: &mut Faults) -> bool {
    let known = ARCHITECTURE.contains(&entry.key.as_ref());
    if known && boolean(&entry.node, faults) == Some(true) {
        configuration.add_target(target_of(&entry.key));
    }
    known
}

/// Reads the name of a provider.
pub(super) fn provider(node: &Node<'_>, faults: &mut Faults) -> Option<Target> {
    let Value::Text(name) = &node.value else {
        faults.wrong(node, "a provider's name in quotes");
        return None;
    };
    let found = PROVIDERS.iter().find(|(known, _)| known == name).map(|(_, target)| *target);
    if found.is_none() {
        faults.push(node.span, ConfigurationErrorKind::UnknownProvider { found: name.to_string() });
    }
    found
}

fn target_of(switch: &str) -> Option<Target> {
    TARGETS.iter().find(|(name, _)| *name == switch).map(|(_, target)| *target)
}

/// Reads which sources a provider's section expects.
fn expect(
    section: &Entry<'_>,
    target: Target,
    known: &'static [&'static str],
    configuration: &mut Configuration,
    faults: &mut Faults,
) {
    check(section, Known::Keys(known), faults);
    for entry in entries(section, faults) {
        if let Some(used) = boolean(&entry.node, faults) {
            configuration.expected.push(Expected { target, source: entry.key.to_string(), used, span: entry.key_span });
        }
    }
}

fn boolean(node: &Node<'_>, faults: &mut Faults) -> Option<bool> {
    if let Value::Boolean(value) = node.value {
        return Some(value);
    }
    faults.wrong(node, "`true` or `false`");
    None
}
