//! What only Knative refuses, and every word of it.

use crate::{RenderErrorKind, ResourceKind};

/// What no object of Knative can be or have.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KnativeError {
    /// A resource that is there already, of a kind of which there are no objects.
    NoObject {
        /// Its kind.
        kind: ResourceKind,
        /// Its logical name.
        name: String,
    },
    /// A key of a resource: nothing is encrypted with one.
    NoKeys {
        /// The resource's kind.
        kind: ResourceKind,
        /// Its logical name.
        name: String,
    },
    /// A name that no object can have.
    Name {
        /// The name.
        name: String,
        /// How many characters it may have.
        most: usize,
    },
    /// Two functions whose objects would have one name.
    Twice {
        /// The name.
        name: String,
        /// The other function.
        other: String,
    },
    /// A queue of dead letters that no function receives: nothing else keeps them.
    DeadLettersLost {
        /// Its logical name.
        queue: String,
    },
}

impl From<KnativeError> for RenderErrorKind {
    fn from(error: KnativeError) -> Self {
        Self::Knative(error)
    }
}

impl KnativeError {
    /// The attribute's key that is at fault, if one is.
    pub(crate) const fn key(&self) -> Option<&'static str> {
        match self {
            Self::Twice { .. } => Some("name"),
            Self::DeadLettersLost { .. } => Some("dead_letter"),
            Self::NoObject { .. } | Self::NoKeys { .. } | Self::Name { .. } => None,
        }
    }

    /// What is wrong.
    pub(crate) fn message(&self) -> String {
        match self {
            Self::NoObject { kind, name } => format!("Knative has no object that could be the {kind} `{name}`"),
            Self::NoKeys { kind, name } => {
                format!("nothing on Knative is encrypted with a key of its own, as the {kind} `{name}` is to be")
            }
            Self::Name { name, most } => format!(
                "an object of Kubernetes would be called `{name}`, and such a name has at most {most} small letters, digits and \
                 `-`, and begins with a letter"
            ),
            Self::Twice { name, other } => format!("its object would be called `{name}`, as that of `{other}` is"),
            Self::DeadLettersLost { queue } => format!(
                "no function receives the queue `{queue}`, and a broker keeps nothing: dead letters would be lost"
            ),
        }
    }

    /// What to do about it.
    pub(crate) fn help(&self) -> String {
        match self {
            Self::NoObject { .. } => {
                "remove it: only the broker (`event-bus=NAME`) and Secrets (`secret/NAME=NAME`) can be there already"
                    .to_owned()
            }
            Self::NoKeys { .. } => "remove the key".to_owned(),
            Self::Name { .. } => {
                "rename the program or the function; the object's name begins with the program's".to_owned()
            }
            Self::Twice { .. } => "let the functions' names differ in more than `_` and the size of letters".to_owned(),
            Self::DeadLettersLost { queue } => format!(
                "write a function with `trigger = \"queue\", queue = \"{queue}\"`, or remove `dead_letter`: then the broker's own \
                 dead-letter sink takes them"
            ),
        }
    }
}
