//! Services of containers, as Google and Knative have them: who may call is decided for a service as a whole there, so that
//! functions are grouped by it, and a program becomes up to three services of one image.

use std::time::Duration;

use tusk_fn_spec::provider::Target;
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::Trigger;
use tusk_fn_spec::trigger::http::Auth;

use crate::yaml::{Tree, entries};

/// Who may call a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Callers {
    /// Anyone: requests of public functions.
    Anyone,
    /// Whom the platform admits: requests of all other functions.
    Admitted,
    /// The platform itself: events.
    Platform,
}

impl Callers {
    const ALL: [Self; 3] = [Self::Anyone, Self::Admitted, Self::Platform];

    /// Who may call a function. The runtime refuses to serve functions of several kinds in one process.
    pub(crate) fn of(record: &FunctionRecord) -> Self {
        match &record.trigger {
            Trigger::Http(http) if http.auth == Auth::Public => Self::Anyone,
            Trigger::Http(_) => Self::Admitted,
            Trigger::Timer(_)
            | Trigger::Blob(_)
            | Trigger::Queue(_)
            | Trigger::Topic(_)
            | Trigger::Database(_)
            | Trigger::Stream(_)
            | Trigger::Event(_) => Self::Platform,
        }
    }

    /// What is added to the program's name.
    pub(crate) const fn suffix(self) -> &'static str {
        match self {
            Self::Anyone => "public",
            Self::Admitted => "platform",
            Self::Platform => "events",
        }
    }
}

/// A service: the functions of one kind.
#[derive(Clone, Debug)]
pub(crate) struct Service<'a> {
    pub(crate) callers: Callers,
    /// A DNS label, such as `shop-events`.
    pub(crate) name: String,
    pub(crate) functions: Vec<&'a FunctionRecord>,
}

/// The services of a program, without empty ones.
pub(crate) fn services<'a>(program: &str, functions: &[&'a FunctionRecord]) -> Vec<Service<'a>> {
    let of = |callers: Callers| {
        let functions: Vec<_> = functions.iter().copied().filter(|it| Callers::of(it) == callers).collect();
        (!functions.is_empty()).then(|| Service {
            callers,
            name: format!("{}-{}", label(program), callers.suffix()),
            functions,
        })
    };
    Callers::ALL.into_iter().filter_map(of).collect()
}

impl Service<'_> {
    /// How long a request may take, in whole seconds: as long as the most patient function. The runtime keeps each function's
    /// own deadline.
    pub(crate) fn timeout(&self) -> Duration {
        let longest = self.functions.iter().map(|it| it.timeout()).max().unwrap_or_default();
        Duration::from_secs(u64::try_from(longest.as_millis().div_ceil(1000)).unwrap_or(u64::MAX))
    }

    /// The most memory that a function asks for, in bytes.
    pub(crate) fn memory(&self) -> Option<u64> {
        self.functions.iter().filter_map(|it| it.memory).max()
    }

    /// What the process is told about itself, beside its resources: in the form of Kubernetes' `env`.
    pub(crate) fn environment(&self, target: Target) -> Vec<Tree> {
        let names: Vec<&str> = self.functions.iter().map(|it| it.name.as_str()).collect();
        vec![
            variable("TUSK_FN_PROVIDER", target.name()),
            variable("TUSK_FN", names.join(",")),
            variable("TUSK_FN_REQUEST_TIMEOUT", self.timeout().as_secs().to_string()),
        ]
    }
}

/// An entry of `env`.
pub(crate) fn variable(name: &str, value: impl Into<Tree>) -> Tree {
    Tree::Map(entries([("name", name.into()), ("value", value.into())]))
}

/// A program's name as a DNS label.
pub(crate) fn label(program: &str) -> String {
    program.to_ascii_lowercase().replace('_', "-")
}
