//! What a process may serve together.
//!
//! Who may call is decided for a service as a whole: by the invoker's role on Google, by the network on Knative. So a process
//! that served events beside requests would take forged events from everybody who may send requests, and one that served public
//! functions beside others would let everybody in to those. So there is a service for each kind.

use tusk_fn_spec::provider::Target;
use tusk_fn_spec::suggest::listed;
use tusk_fn_spec::trigger::Trigger;
use tusk_fn_spec::trigger::http::Auth;

use crate::dispatch::Function;

/// What a process serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Door {
    /// Requests of clients.
    Requests,
    /// What the platform sends.
    Events,
}

impl Door {
    pub(super) const fn described(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Events => "events",
        }
    }
}

/// Who calls a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Who {
    /// Anyone.
    Anyone,
    /// Whoever has the platform's credential.
    Admitted,
    /// The platform itself.
    Platform,
}

impl Who {
    fn calls(function: &Function) -> Self {
        match &function.record.trigger {
            Trigger::Http(http) if http.auth == Auth::Public => Self::Anyone,
            Trigger::Http(_) => Self::Admitted,
            _ => Self::Platform,
        }
    }

    const fn described(self) -> &'static str {
        match self {
            Self::Anyone => "anyone may call",
            Self::Admitted => "whom the platform admits may call",
            Self::Platform => "the platform calls",
        }
    }
}

/// Why the functions of a process cannot be served by one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DoorError {
    /// No function is for the platform.
    #[error("none of this program's functions is for `{}`: each lists other `targets`", target.name())]
    None {
        /// The platform.
        target: Target,
    },
    /// Who may call differs.
    #[error(
        "these functions cannot share a service of `{}`, where who may call is decided for all of it: {groups}; set `{}` in each \
         service to the names of one group", target.name(), crate::provider::FUNCTIONS_VARIABLE
    )]
    Mixed {
        /// The platform.
        target: Target,
        /// Who calls which functions.
        groups: String,
    },
}

impl DoorError {
    /// Whether these functions can be served by one process.
    pub(crate) fn check(functions: &[Function], target: Target) -> Result<(), Self> {
        let mut groups: Vec<(Who, Vec<&str>)> = Vec::new();
        for function in functions {
            let who = Who::calls(function);
            match groups.iter_mut().find(|(other, _)| *other == who) {
                Some((_, names)) => names.push(&function.record.name),
                None => groups.push((who, vec![&function.record.name])),
            }
        }
        groups.sort_by_key(|(who, _)| *who);
        let of =
            |(who, names): &(Who, Vec<&str>)| format!("{} {}", who.described(), listed(names.iter().copied(), "and"));
        match groups.len() {
            0 => Err(Self::None { target }),
            1 => Ok(()),
            _ => Err(Self::Mixed { target, groups: groups.iter().map(of).collect::<Vec<_>>().join("; ") }),
        }
    }
}
