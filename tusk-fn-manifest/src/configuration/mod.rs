//! What `peanut.tsk` says of functions: sections, keys and their other names, read into types.
//!
//! Whatever no section and no key is named by is an error with its place. A value may be left for the time when the program
//! runs (`@env`), so settings are [`Symbolic`]; what is known is held against the limits of the providers.

mod fault;
mod published;
mod section;
mod setting;

use std::collections::BTreeMap;

use tusk_fn_spec::provider::Target;
use tusk_fn_spec::record::FunctionRecord;
use tusk_tsk::value::{Entry, Node, Value};
use tusk_tsk::{Span, Symbolic, Tree};

pub use fault::{ConfigurationError, ConfigurationErrorKind};
use fault::{Fault, Faults};
pub use published::Remark;

/// The sections that hold for all functions; the first is the one to write.
const GLOBAL: [&str; 4] = ["serverless", "serverless_architecture", "lambda", "lambda_config"];

/// What a project's configuration says of its functions.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Configuration {
    /// Where to deploy if the command line does not say; empty if the configuration does not either.
    pub targets: Vec<Target>,
    /// The region.
    pub region: Option<Setting<Symbolic<String>>>,
    /// What holds for functions that say nothing else.
    pub defaults: Settings,
    /// What holds for one function, by the function's identifier.
    pub functions: BTreeMap<String, Settings>,
    /// Routes that take the place of those in attributes, by the function's identifier.
    pub routes: BTreeMap<String, Setting<String>>,
    /// Whether functions are to start fast.
    pub cold_start_optimization: bool,
    /// Whether the manifests are to have tracing, metrics and alarms.
    pub monitoring: bool,
    /// Which sources of events the configuration expects, or excludes.
    pub expected: Vec<Expected>,
    /// What is read and changes nothing.
    pub remarks: Vec<Remark>,
}

/// A source of events that the functions are said to have, or not to have.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Expected {
    /// Whose it is.
    pub target: Target,
    /// Its name, as the configuration has it.
    pub source: String,
    /// Whether a function is to use it.
    pub used: bool,
    /// Where it stands.
    pub span: Span,
}

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

/// What can be said of one function, or of all.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Settings {
    /// The name that the function is deployed under.
    pub name: Option<Setting<Symbolic<String>>>,
    /// Its memory, in bytes.
    pub memory: Option<Setting<Symbolic<u64>>>,
    /// How long an invocation may take, in milliseconds.
    pub timeout: Option<Setting<Symbolic<u64>>>,
    /// Its environment.
    pub environment: BTreeMap<String, Setting<Symbolic<String>>>,
    /// The subnets that it is in.
    pub subnets: Option<Setting<Vec<Symbolic<String>>>>,
    /// Its security groups.
    pub security_groups: Option<Setting<Vec<Symbolic<String>>>>,
    /// The least number of instances.
    pub min_instances: Option<Setting<Symbolic<u64>>>,
    /// The most instances.
    pub max_instances: Option<Setting<Symbolic<u64>>>,
    /// Instances that are kept for it.
    pub reserved_concurrency: Option<Setting<Symbolic<u64>>>,
    /// Instances that are started before they are needed.
    pub provisioned_concurrency: Option<Setting<Symbolic<u64>>>,
}

impl Settings {
    /// These where they say something, and others where they do not.
    #[must_use]
    pub fn or(self, others: &Self) -> Self {
        let mut environment = others.environment.clone();
        environment.extend(self.environment);
        Self {
            name: self.name.or_else(|| others.name.clone()),
            memory: self.memory.or_else(|| others.memory.clone()),
            timeout: self.timeout.or_else(|| others.timeout.clone()),
            environment,
            subnets: self.subnets.or_else(|| others.subnets.clone()),
            security_groups: self.security_groups.or_else(|| others.security_groups.clone()),
            min_instances: self.min_instances.or_else(|| others.min_instances.clone()),
            max_instances: self.max_instances.or_else(|| others.max_instances.clone()),
            reserved_concurrency: self.reserved_concurrency.or_else(|| others.reserved_concurrency.clone()),
            provisioned_concurrency: self.provisioned_concurrency.or_else(|| others.provisioned_concurrency.clone()),
        }
    }
}

impl Configuration {
    /// Reads what a file says of a program's functions, at a stage if there is one: `[serverless.production]` lies over
    /// `[serverless]`.
    ///
    /// # Errors
    ///
    /// Every fault: an unknown section or key, a value of another kind, one that a provider does not allow.
    ///
    /// ```
    /// use tusk_fn_manifest::configuration::Configuration;
    /// use tusk_tsk::{Mode, Reader, Symbolic};
    ///
    /// let text = "[serverless]\nmemory_size: 512\ntimeout: \"10s\"\n[serverless.production]\nmemory: \"1Gi\"\n";
    /// let tree = Reader::new().mode(Mode::Symbolic).read(text)?;
    /// let configuration = Configuration::read(&tree, &[], Some("production")).map_err(|errors| errors[0].render())?;
    /// let memory = configuration.defaults.memory.map(|memory| memory.value);
    /// assert_eq!(memory, Some(Symbolic::Value(1024 * 1024 * 1024)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn read(
        tree: &Tree<'_>,
        functions: &[FunctionRecord],
        stage: Option<&str>,
    ) -> Result<Self, Vec<ConfigurationError>> {
        let mut faults = Faults::default();
        let mut configuration = Self::default();
        let Value::Table(root) = &tree.root().value else { return Ok(configuration) };
        for entry in root.entries() {
            configuration.section(entry, functions, stage, &mut faults);
        }
        configuration.check_limits(functions, &mut faults);
        faults.into_result(tree).map(|()| configuration)
    }

    fn add_target(&mut self, target: Option<Target>) {
        self.targets.extend(target.filter(|target| !self.targets.contains(target)));
    }

    fn section(&mut self, entry: &Entry<'_>, functions: &[FunctionRecord], stage: Option<&str>, faults: &mut Faults) {
        let name = entry.key.as_ref();
        if published::refuse(entry, faults) {
            return;
        }
        if published::read(entry, self, faults) {
            return;
        }
        if GLOBAL.contains(&name) {
            let read = section::settings(entry, stage, Some(self), faults);
            self.defaults = read.or(&self.defaults);
        } else if name == "gateway_routes" {
            self.read_routes(entry, functions, faults);
        } else if name == "functions" {
            for entry in section::entries(entry, faults) {
                self.function(entry, functions, stage, faults);
            }
        } else if let Some(known) = section::known(name) {
            section::check(entry, known, faults);
        } else {
            self.function(entry, functions, stage, faults);
        }
    }

    fn function(&mut self, entry: &Entry<'_>, functions: &[FunctionRecord], stage: Option<&str>, faults: &mut Faults) {
        let name = entry.key.as_ref();
        if functions.iter().any(|record| record.source.function == name) {
            let settings = section::settings(entry, stage, None, faults);
            self.functions.insert(name.to_owned(), settings);
            return;
        }
        let mut names: Vec<&str> = functions.iter().map(|record| record.source.function.as_str()).collect();
        section::names().for_each(|name| names.push(name));
        let near = section::nearest(name, names);
        faults.push(entry.key_span, ConfigurationErrorKind::UnknownSection { found: name.to_owned(), near });
    }

    fn read_routes(&mut self, entry: &Entry<'_>, functions: &[FunctionRecord], faults: &mut Faults) {
        for route in section::entries(entry, faults) {
            let name = route.key.as_ref();
            if !functions.iter().any(|record| record.source.function == name) {
                let near = section::nearest(name, functions.iter().map(|record| record.source.function.as_str()));
                faults.push(route.key_span, ConfigurationErrorKind::UnknownFunction { found: name.to_owned(), near });
                continue;
            }
            match &route.node {
                Node { value: Value::Text(text), span, .. } => {
                    self.routes.insert(name.to_owned(), Setting { value: text.to_string(), span: *span });
                }
                other => faults.wrong(other, "a method and a path, as in `\"GET /users/{id}\"`"),
            }
        }
    }

    /// Holds memory and timeout of each function against the limits of the targets that it is for.
    fn check_limits(&self, functions: &[FunctionRecord], faults: &mut Faults) {
        for record in functions {
            let own = self.functions.get(&record.source.function).cloned().unwrap_or_default().or(&self.defaults);
            for target in self.targets.iter().filter(|target| record.is_for(**target)) {
                let memory = own.memory.as_ref().and_then(known);
                let timeout = own.timeout.as_ref().and_then(known);
                let asked = FunctionRecord {
                    memory: memory.map(|(memory, _)| memory),
                    timeout_ms: timeout.map(|(timeout, _)| timeout),
                    ..record.clone()
                };
                for limit in tusk_fn_spec::limits::exceeded(&asked, *target) {
                    let span = match limit.key() {
                        "memory" => memory.map(|(_, span)| span),
                        "timeout" => timeout.map(|(_, span)| span),
                        // The attribute's own keys are held against the limits where they are read.
                        _ => None,
                    };
                    faults.extend(span.map(|span| Fault { span, kind: ConfigurationErrorKind::Limit(limit) }));
                }
            }
        }
    }
}

/// What a setting is, as far as it is known: a variable's default has to be allowed as well.
fn known(setting: &Setting<Symbolic<u64>>) -> Option<(u64, Span)> {
    match &setting.value {
        Symbolic::Value(value) | Symbolic::Variable { default: Some(value), .. } => Some((*value, setting.span)),
        _ => None,
    }
}
