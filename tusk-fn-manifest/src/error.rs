//! What can keep a manifest from being rendered, what is worth saying about one that was, and every word of both.
//!
//! What the attribute's own checks find as well (limits, schedules) is said in the words of [`tusk_fn_spec`].

use std::fmt;

use tusk_fn_spec::limits::Limit;
use tusk_fn_spec::project::Duplicate;
use tusk_fn_spec::provider::Target;
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::schedule::AwsScheduleError;

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
    /// A provider that this version writes no manifests for.
    Unsupported {
        /// The provider.
        target: Target,
    },
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
    /// A schedule that the provider cannot express.
    Schedule(AwsScheduleError),
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
            RenderErrorKind::Schedule(_) => Some("schedule"),
            RenderErrorKind::Unsupported { .. }
            | RenderErrorKind::NoFunctions { .. }
            | RenderErrorKind::Duplicate(_)
            | RenderErrorKind::TooManyRoutes { .. }
            | RenderErrorKind::TooManyResources { .. }
            | RenderErrorKind::Yaml { .. } => None,
        }
    }

    /// What is wrong.
    pub fn message(&self) -> String {
        match &self.kind {
            RenderErrorKind::Unsupported { .. } => "this version writes manifests for `aws` only".to_owned(),
            RenderErrorKind::NoFunctions { target, others: 0 } => {
                format!("the program has no function to deploy to `{}`", target.name())
            }
            RenderErrorKind::NoFunctions { target, others } => {
                format!("none of the program's functions ({others}) is for `{}`", target.name())
            }
            RenderErrorKind::Duplicate(duplicate) => duplicate.to_string(),
            RenderErrorKind::Limit(limit) => limit.message(),
            RenderErrorKind::Schedule(error) => error.message(),
            RenderErrorKind::TooManyRoutes { found, most } => {
                format!("the program needs {found} routes, and an API Gateway HTTP API has {most} at most")
            }
            RenderErrorKind::TooManyResources { found, most } => {
                format!("the program needs {found} resources, and a CloudFormation stack has {most} at most")
            }
            RenderErrorKind::Yaml { reason } => format!("the manifest cannot be written as YAML: {reason}"),
        }
    }

    /// What to do about it.
    pub fn help(&self) -> Option<String> {
        Some(match &self.kind {
            RenderErrorKind::Unsupported { .. } => "use `--provider aws`".to_owned(),
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
            RenderErrorKind::Schedule(error) => return error.help(),
            RenderErrorKind::TooManyRoutes { .. } | RenderErrorKind::TooManyResources { .. } => {
                "split the program into several, each with its own API".to_owned()
            }
            RenderErrorKind::Yaml { .. } => return None,
        })
    }
}

/// Something worth knowing about a manifest that was rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Note {
    /// The function that it is about.
    pub place: Place,
    /// What it is.
    pub kind: NoteKind,
}

/// What is worth knowing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoteKind {
    /// The function is not for this provider and was left out.
    LeftOut {
        /// The provider.
        target: Target,
    },
    /// A path that another function's route matches too, where only the order on one's own machine is known.
    Order {
        /// This function's route.
        route: String,
        /// The other function's route.
        other: String,
        /// The other function's name.
        function: String,
    },
    /// A route with characters that the provider says nothing about.
    Characters {
        /// The route.
        route: String,
    },
}

impl Note {
    pub(crate) fn of(record: &FunctionRecord, kind: NoteKind) -> Self {
        Self { place: Place::of(record), kind }
    }

    /// What is to be known.
    pub fn message(&self) -> String {
        match &self.kind {
            NoteKind::LeftOut { target } => {
                format!("`{}` is not for `{}` (`targets`) and was left out", self.place.function, target.name())
            }
            NoteKind::Order { route, other, function } => format!(
                "a path can match `{route}` and `{other}` (`{function}`), and API Gateway does not document which it prefers \
                 of two such routes"
            ),
            NoteKind::Characters { route } => format!(
                "API Gateway does not document how it matches letters beyond ASCII, which the route `{route}` has"
            ),
        }
    }

    /// What to do about it, if there is something.
    pub fn help(&self) -> Option<String> {
        match &self.kind {
            NoteKind::LeftOut { .. } => None,
            NoteKind::Order { .. } => Some("make the routes differ in a literal segment".to_owned()),
            NoteKind::Characters { .. } => Some("write the segment in ASCII, or try the deployed route".to_owned()),
        }
    }
}
