//! What can keep a manifest from being rendered, and every word of it.
//!
//! What the attribute's own checks find as well (limits, schedules) is said in the words of [`tusk_fn_spec`].

use std::fmt;

use tusk_fn_spec::azure::Unservable;
use tusk_fn_spec::limits::Limit;
use tusk_fn_spec::portability::Reason;
use tusk_fn_spec::project::Duplicate;
use tusk_fn_spec::provider::Target;
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::schedule::UnsupportedSchedule;
use tusk_fn_spec::suggest::listed;

use crate::{Architecture, KnativeError, ResourceKind};

/// Where a function is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The function's name.
    pub function: String,
    /// The source file, as rustc was given it.
    pub file: String,
    /// The line of the function's name, counted from 1.
    pub line: u32,
}

impl Place {
    pub(crate) fn of(record: &FunctionRecord) -> Self {
        Self { function: record.name.clone(), file: record.source.file.clone(), line: record.source.line }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{} (`{}`)", self.file, self.line, self.function)
    }
}

/// Something that keeps a manifest from being rendered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
#[non_exhaustive]
pub struct RenderError {
    /// The function at fault, if it is one function's fault.
    pub place: Option<Place>,
    /// What is wrong.
    pub kind: RenderErrorKind,
}

/// What can keep a manifest from being rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RenderErrorKind {
    /// No function is for the provider.
    NoFunctions {
        /// The provider.
        target: Target,
        /// How many there are for others.
        others: usize,
    },
    /// Something that only one function may have.
    Duplicate(Duplicate),
    /// A value that the provider does not allow.
    Limit(Limit),
    /// Something that the provider does not have at all.
    Impossible {
        /// The provider.
        target: Target,
        /// What, and why.
        reason: Reason,
    },
    /// A processor that the provider has none of.
    Architecture {
        /// The processor.
        architecture: Architecture,
        /// The provider.
        target: Target,
    },
    /// A schedule that the provider cannot express.
    Schedule(UnsupportedSchedule),
    /// More routes than one API may have.
    TooManyRoutes {
        /// How many there are.
        found: usize,
        /// How many there may be.
        most: usize,
    },
    /// More resources than one stack may have.
    TooManyResources {
        /// How many there are.
        found: usize,
        /// How many there may be.
        most: usize,
    },
    /// More resources than one template of Azure may have.
    TemplateTooLarge {
        /// How many there are.
        found: usize,
        /// How many there may be.
        most: usize,
    },
    /// Something that Azure's host cannot serve.
    Unservable(Unservable),
    /// Two functions whose folders would have one name.
    FolderTwice {
        /// The name.
        folder: String,
    },
    /// A route with more segments than the name of its function's folder can tell of.
    TooManySegments {
        /// How many there are.
        found: usize,
        /// How many there may be.
        most: usize,
    },
    /// Functions of one app that begin to read streams at different ends.
    MixedPositions {
        /// The other function's name.
        other: String,
    },
    /// A filter that is too long.
    FilterTooLong {
        /// How many characters it has.
        found: usize,
        /// How many it may have.
        most: usize,
    },
    /// A resource that is there already, or its key, where everything is made.
    ExistingUnsupported {
        /// The provider.
        target: Target,
        /// The resource's kind.
        kind: ResourceKind,
        /// Its logical name.
        name: String,
    },
    /// More outputs than one template may have.
    TooManyOutputs {
        /// How many there are.
        found: usize,
        /// How many there may be.
        most: usize,
    },
    /// More is to be told a function than its environment holds.
    EnvironmentTooLong {
        /// How many bytes it will have, about.
        found: usize,
        /// How many it may have.
        most: usize,
    },
    /// A rule's pattern that is too long.
    PatternTooLong {
        /// The attribute's key that says most of it.
        key: &'static str,
        /// How many characters it has.
        found: usize,
        /// How many it may have.
        most: usize,
    },
    /// More conditions than a filter may have.
    TooManyConditions {
        /// How many there are.
        found: usize,
        /// How many there may be.
        most: usize,
    },
    /// More combinations of values than a filter may have.
    TooManyCombinations {
        /// How many there are.
        found: usize,
        /// How many there may be.
        most: usize,
    },
    /// A condition that a filter cannot express.
    MixedCondition {
        /// The condition.
        condition: String,
    },
    /// What is to be an existing resource's ARN is none.
    Arn {
        /// The resource's kind.
        kind: ResourceKind,
        /// Its logical name.
        name: String,
        /// What was given.
        found: String,
        /// What such an ARN looks like.
        example: &'static str,
    },
    /// An existing resource that no function refers to.
    UnusedResource {
        /// The provider.
        target: Target,
        /// Its kind.
        kind: ResourceKind,
        /// Its logical name.
        name: String,
        /// The name of one like it that functions refer to.
        near: Option<String>,
    },
    /// An existing resource that is given twice.
    ResourceTwice {
        /// Its kind.
        kind: ResourceKind,
        /// Its logical name.
        name: String,
    },
    /// What is to be a key's ARN is none.
    KeyArn {
        /// The kind of the resource that it is to encrypt.
        kind: ResourceKind,
        /// The resource's logical name.
        name: String,
        /// What was given.
        found: String,
        /// What the ARN of a key looks like.
        example: &'static str,
    },
    /// A key of a resource that is not among the existing ones.
    KeyOfNothing {
        /// The resource's kind.
        kind: ResourceKind,
        /// Its logical name.
        name: String,
    },
    /// Existing resources in several regions, all of which have to be in the stack's.
    Regions {
        /// One of them, and where it is.
        first: String,
        /// Another one, and where it is.
        other: String,
    },
    /// Messages that would disappear before all attempts are made.
    RetentionTooLong {
        /// For how many seconds a message stays hidden after each attempt.
        hidden: u64,
        /// How many attempts there are.
        attempts: u32,
        /// How many there may be.
        most: u64,
    },
    /// An existing table that triggers a function, without its stream.
    TableWithoutStream {
        /// The table's logical name.
        table: String,
        /// Its ARN.
        arn: String,
    },
    /// An existing queue that keeps an order where the function wants none, or the other way round.
    QueueOrder {
        /// The queue's logical name.
        queue: String,
        /// Whether it keeps an order.
        ordered: bool,
    },
    /// A queue of dead letters that keeps an order where the queue before it keeps none, or the other way round.
    DeadLetterOrder {
        /// Its logical name.
        dead_letter: String,
        /// Whether it keeps an order.
        ordered: bool,
    },
    /// Queues that give up to each other.
    DeadLetterCircle {
        /// Their logical names, each before the one that it gives up to.
        queues: Vec<String>,
    },
    /// Something that no object of Knative can be or have.
    Knative(KnativeError),
    /// A program's name that things on Google cannot have.
    ProgramName {
        /// The name.
        found: String,
    },
    /// What is to be the name of an existing resource on Google is none.
    GoogleName {
        /// The resource's kind.
        kind: ResourceKind,
        /// Its logical name.
        name: String,
        /// What was given.
        found: String,
        /// What such a name looks like.
        example: &'static str,
    },
    /// A key, where nobody needs to be allowed to use it.
    KeyOnGoogle {
        /// The kind of the resource that it is to encrypt.
        kind: ResourceKind,
        /// The resource's logical name.
        name: String,
    },
    /// The text could not be written.
    Yaml {
        /// Why.
        reason: String,
    },
}

impl RenderError {
    pub(crate) fn of_project(kind: RenderErrorKind) -> Self {
        Self { place: None, kind }
    }

    pub(crate) fn of(record: &FunctionRecord, kind: RenderErrorKind) -> Self {
        Self { place: Some(Place::of(record)), kind }
    }

    /// The attribute's key that is at fault, if one is.
    pub fn key(&self) -> Option<&'static str> {
        match &self.kind {
            RenderErrorKind::Limit(limit) => Some(limit.key()),
            RenderErrorKind::Impossible { reason, .. } => Some(reason.key),
            RenderErrorKind::Schedule(_) => Some("schedule"),
            RenderErrorKind::Unservable(fault) => fault.key(),
            RenderErrorKind::FolderTwice { .. } => Some("name"),
            RenderErrorKind::TooManySegments { .. } => Some("route"),
            RenderErrorKind::MixedPositions { .. } => Some("from"),
            RenderErrorKind::PatternTooLong { key, .. } => Some(key),
            RenderErrorKind::TooManyConditions { .. }
            | RenderErrorKind::TooManyCombinations { .. }
            | RenderErrorKind::FilterTooLong { .. }
            | RenderErrorKind::MixedCondition { .. } => Some("filter"),
            RenderErrorKind::TableWithoutStream { .. } => Some("table"),
            RenderErrorKind::RetentionTooLong { .. } => Some("max_attempts"),
            RenderErrorKind::QueueOrder { .. } => Some("ordered"),
            RenderErrorKind::DeadLetterOrder { .. } | RenderErrorKind::DeadLetterCircle { .. } => Some("dead_letter"),
            RenderErrorKind::Knative(error) => error.key(),
            RenderErrorKind::NoFunctions { .. }
            | RenderErrorKind::Duplicate(_)
            | RenderErrorKind::Architecture { .. }
            | RenderErrorKind::TooManyRoutes { .. }
            | RenderErrorKind::TooManyResources { .. }
            | RenderErrorKind::TooManyOutputs { .. }
            | RenderErrorKind::TemplateTooLarge { .. }
            | RenderErrorKind::ExistingUnsupported { .. }
            | RenderErrorKind::EnvironmentTooLong { .. }
            | RenderErrorKind::Arn { .. }
            | RenderErrorKind::UnusedResource { .. }
            | RenderErrorKind::ResourceTwice { .. }
            | RenderErrorKind::KeyArn { .. }
            | RenderErrorKind::KeyOfNothing { .. }
            | RenderErrorKind::Regions { .. }
            | RenderErrorKind::ProgramName { .. }
            | RenderErrorKind::GoogleName { .. }
            | RenderErrorKind::KeyOnGoogle { .. }
            | RenderErrorKind::Yaml { .. } => None,
        }
    }

    /// What is wrong.
    #[allow(clippy::too_many_lines, reason = "a sentence for each kind, and all of them in one place")]
    pub fn message(&self) -> String {
        match &self.kind {
            RenderErrorKind::NoFunctions { target, others: 0 } => {
                format!("the program has no function to deploy to `{}`", target.name())
            }
            RenderErrorKind::NoFunctions { target, others } => {
                format!("none of the program's functions ({others}) is for `{}`", target.name())
            }
            RenderErrorKind::Duplicate(duplicate) => duplicate.to_string(),
            RenderErrorKind::Limit(limit) => limit.message(),
            RenderErrorKind::Impossible { target, reason } => {
                format!("`{}` cannot run it: {}", target.name(), reason.text)
            }
            RenderErrorKind::Architecture { architecture, target } => {
                format!("`{}` has no {} processors for functions", target.name(), architecture.name())
            }
            RenderErrorKind::Schedule(error) => error.message(),
            RenderErrorKind::TooManyRoutes { found, most } => {
                format!("the program needs {found} routes, and an API Gateway HTTP API has {most} at most")
            }
            RenderErrorKind::TooManyResources { found, most } => {
                format!("the program needs {found} resources, and a CloudFormation stack has {most} at most")
            }
            RenderErrorKind::TooManyOutputs { found, most } => {
                format!("the program needs {found} outputs of its stack, and a template has {most} at most")
            }
            RenderErrorKind::TemplateTooLarge { found, most } => {
                format!("the program needs {found} resources, and a template of Azure has {most} at most")
            }
            RenderErrorKind::Unservable(fault) => fault.message(),
            RenderErrorKind::FolderTwice { folder } => {
                format!("the function's folder would be `{folder}`, and another function's has that name")
            }
            RenderErrorKind::TooManySegments { found, most } => {
                format!("the route has {found} segments, and Azure can tell at most {most} of this function apart")
            }
            RenderErrorKind::MixedPositions { other } => {
                format!("the functions of an app begin to read streams at one end, and `{other}` begins at the other")
            }
            RenderErrorKind::FilterTooLong { found, most } => {
                format!("this makes a filter of {found} characters, and Service Bus takes {most} at most")
            }
            RenderErrorKind::ExistingUnsupported { target, kind, name } => format!(
                "this version makes everything on `{}` itself, and cannot use the {kind} `{name}` that is there already",
                target.name()
            ),
            RenderErrorKind::EnvironmentTooLong { found, most } => format!(
                "the names of what the function uses take about {found} bytes, and AWS Lambda has {most} for a function's \
                 environment"
            ),
            RenderErrorKind::PatternTooLong { found, most, .. } => {
                format!("this makes a pattern of {found} characters, and EventBridge takes {most} at most")
            }
            RenderErrorKind::TooManyConditions { found, most } => {
                format!("this filter asks for {found} attributes, and SNS looks at {most} at most")
            }
            RenderErrorKind::TooManyCombinations { found, most } => {
                format!("the values of this filter can be combined in {found} ways, and SNS takes {most} at most")
            }
            RenderErrorKind::MixedCondition { condition } => {
                format!("SNS can refuse several texts, or all that begin with one, but not both at once: `{condition}`")
            }
            RenderErrorKind::Arn { kind, name, found, .. } => {
                format!("`{found}` is to be the {kind} `{name}`, and is not the ARN of one")
            }
            RenderErrorKind::UnusedResource { target, kind, name, .. } => {
                format!("no function that is deployed to `{}` refers to the {kind} `{name}`", target.name())
            }
            RenderErrorKind::ResourceTwice { kind, name } => format!("the {kind} `{name}` is given twice"),
            RenderErrorKind::KeyArn { kind, name, found, .. } => {
                format!("`{found}` is to be the key of the {kind} `{name}`, and is not the ARN of a key")
            }
            RenderErrorKind::KeyOfNothing { kind, name } => {
                format!("the {kind} `{name}`, of which a key is given, is not given as one that is there already")
            }
            RenderErrorKind::Regions { first, other } => {
                format!("{first} and {other} cannot both be in the region of the stack, where they are needed")
            }
            RenderErrorKind::RetentionTooLong { hidden, attempts, .. } => format!(
                "a message that fails is hidden for {hidden} seconds after each of {attempts} attempts, and SQS deletes \
                 it after 14 days, before it is dead-lettered"
            ),
            RenderErrorKind::TableWithoutStream { table, .. } => {
                format!(
                    "the table `{table}` is there already, and its ARN does not say from which stream its changes come"
                )
            }
            RenderErrorKind::QueueOrder { queue, ordered: true } => {
                format!("the queue `{queue}` keeps an order, and the function does not say so")
            }
            RenderErrorKind::QueueOrder { queue, ordered: false } => {
                format!("the queue `{queue}` is there already and keeps no order")
            }
            RenderErrorKind::DeadLetterOrder { dead_letter, ordered: true } => {
                format!("the queue `{dead_letter}` keeps an order, and takes nothing from one that keeps none")
            }
            RenderErrorKind::DeadLetterOrder { dead_letter, ordered: false } => {
                format!("the queue `{dead_letter}` keeps no order, and takes nothing from one that does")
            }
            RenderErrorKind::DeadLetterCircle { queues } => {
                format!("the queues {} give up to each other", listed(queues.iter().map(String::as_str), "and"))
            }
            RenderErrorKind::Knative(error) => error.message(),
            RenderErrorKind::ProgramName { found } => {
                format!("services, topics and buckets of Google cannot be called after the program `{found}`")
            }
            RenderErrorKind::GoogleName { kind, name, found, .. } => {
                format!("`{found}` is to be the {kind} `{name}`, and is not the name of one on Google")
            }
            RenderErrorKind::KeyOnGoogle { kind, name } => format!(
                "the {kind} `{name}` is given with a key, and on Google nobody has to be allowed to use one: its services do that \
                 themselves"
            ),
            RenderErrorKind::Yaml { reason } => format!("the manifest cannot be written as YAML: {reason}"),
        }
    }

    /// What to do about it.
    pub fn help(&self) -> Option<String> {
        Some(match &self.kind {
            RenderErrorKind::NoFunctions { target, others: 1.. } => {
                format!(
                    "add `\"{}\"` to the `targets` of a function, or remove the key: then it is for all",
                    target.name()
                )
            }
            RenderErrorKind::NoFunctions { .. } => "put `#[tusk_fn(trigger = \"…\")]` on an `async fn`".to_owned(),
            RenderErrorKind::Duplicate(_) => {
                "rename one of them, or depend on one version of the crate only".to_owned()
            }
            RenderErrorKind::Limit(limit) => limit.help(),
            RenderErrorKind::Impossible { reason, .. } => return reason.help.clone(),
            RenderErrorKind::Architecture { target, .. } => {
                format!("compile for {}: `--arch {0}`", Architecture::usual(*target).name())
            }
            RenderErrorKind::Schedule(error) => return error.help(),
            RenderErrorKind::TooManyRoutes { .. }
            | RenderErrorKind::TooManyResources { .. }
            | RenderErrorKind::TooManyOutputs { .. }
            | RenderErrorKind::TemplateTooLarge { .. } => {
                "split the program into several, each with its own API".to_owned()
            }
            RenderErrorKind::EnvironmentTooLong { .. } => {
                "split the function into several that use less each, for example with a queue between them".to_owned()
            }
            RenderErrorKind::PatternTooLong { key, .. } => {
                format!("shorten `{key}`, and look at the rest in the function")
            }
            RenderErrorKind::Unservable(fault) => fault.help().to_owned(),
            RenderErrorKind::FolderTwice { .. } => "give it another `name`".to_owned(),
            RenderErrorKind::TooManySegments { .. } => {
                "take the rest of the path as one parameter, and split it in the function".to_owned()
            }
            RenderErrorKind::MixedPositions { .. } => {
                "write the same `from` for both, or deploy them as two programs".to_owned()
            }
            RenderErrorKind::ExistingUnsupported { .. } => "leave out `--existing` and `--key`".to_owned(),
            RenderErrorKind::TooManyConditions { .. }
            | RenderErrorKind::TooManyCombinations { .. }
            | RenderErrorKind::FilterTooLong { .. } => {
                "keep the conditions that refuse most, and look at the others in the function".to_owned()
            }
            RenderErrorKind::MixedCondition { .. } => {
                "keep one text with `*`, or those without, and look at the others in the function".to_owned()
            }
            RenderErrorKind::Arn { example, .. } => format!("write it as AWS shows it, such as `{example}`"),
            RenderErrorKind::UnusedResource { near: Some(near), .. } => format!("did you mean `{near}`?"),
            RenderErrorKind::UnusedResource { near: None, .. } => {
                "write the name as the function's attribute has it, or remove it".to_owned()
            }
            RenderErrorKind::ResourceTwice { .. } => "keep one of the two".to_owned(),
            RenderErrorKind::KeyArn { example, .. } => {
                format!("write the key's own ARN, not that of an alias, such as `{example}`")
            }
            RenderErrorKind::KeyOfNothing { kind, name } => format!(
                "name the resource by `--existing {}/{name}=ARN`, or remove the key: what is made here has a key of \
                 AWS's own",
                kind.name().replace(' ', "-")
            ),
            RenderErrorKind::Regions { .. } => {
                "deploy the functions of each region as a program of their own".to_owned()
            }
            RenderErrorKind::RetentionTooLong { most, .. } => {
                format!("write `max_attempts = {most}` or less, or a shorter `timeout`")
            }
            RenderErrorKind::TableWithoutStream { arn, .. } => format!(
                "write the ARN of its stream, `{arn}/stream/…`, which `aws dynamodb describe-table` shows as `LatestStreamArn`; \
                 the stream must have new and old images"
            ),
            RenderErrorKind::QueueOrder { ordered: true, .. } => "write `ordered = true`".to_owned(),
            RenderErrorKind::QueueOrder { ordered: false, .. } => {
                "remove `ordered = true`, or use a queue whose name ends in `.fifo`".to_owned()
            }
            RenderErrorKind::DeadLetterOrder { .. } => {
                "give both `ordered = true`, or none, or write another `dead_letter`".to_owned()
            }
            RenderErrorKind::DeadLetterCircle { .. } => {
                "remove one `dead_letter`: without it, a queue has one of its own".to_owned()
            }
            RenderErrorKind::Knative(error) => error.help(),
            RenderErrorKind::ProgramName { .. } => {
                "rename it to at most 40 letters, digits and single `-`, beginning with a letter and without `goog`"
                    .to_owned()
            }
            RenderErrorKind::GoogleName { example, .. } => format!("write its whole name, such as `{example}`"),
            RenderErrorKind::KeyOnGoogle { kind, name } => {
                format!("remove `--key {}/{name}=…`", kind.name().replace(' ', "-"))
            }
            RenderErrorKind::Yaml { .. } => return None,
        })
    }
}
