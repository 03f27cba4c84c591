//! Resources that are there already and are to be used instead of new ones.

use std::fmt;

use tusk_fn_spec::output::OutputKind;

/// The kind of a resource that a function is triggered by, or that it uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ResourceKind {
    /// A queue.
    Queue,
    /// A topic.
    Topic,
    /// A bucket.
    Bucket,
    /// A table.
    Table,
    /// A stream.
    Stream,
    /// A secret.
    Secret,
    /// What events go through. A program has one, and its logical name is [`EVENT_BUS`].
    EventBus,
}

/// The logical name of a program's event bus.
pub const EVENT_BUS: &str = "default";

impl ResourceKind {
    /// Every kind, in the order in which manifests list them.
    pub const ALL: [Self; 7] =
        [Self::Queue, Self::Topic, Self::Bucket, Self::Table, Self::Stream, Self::Secret, Self::EventBus];

    /// The word for it, as attributes have it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::Topic => "topic",
            Self::Bucket => "bucket",
            Self::Table => "table",
            Self::Stream => "stream",
            Self::Secret => "secret",
            Self::EventBus => "event bus",
        }
    }

    /// The kind that an output of that kind is sent to, stored in or read from.
    pub const fn of(output: OutputKind) -> Self {
        match output {
            OutputKind::Queue => Self::Queue,
            OutputKind::Topic => Self::Topic,
            OutputKind::Event => Self::EventBus,
            OutputKind::Bucket => Self::Bucket,
            OutputKind::Table => Self::Table,
            OutputKind::Secret => Self::Secret,
        }
    }
}

impl fmt::Display for ResourceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A resource that is there already, or the key that encrypts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Existing {
    /// What it is.
    pub kind: ResourceKind,
    /// Its logical name, as attributes have it.
    pub name: String,
    /// What the provider calls it, or its key: on AWS the ARN, on Knative the name of its object.
    pub physical: String,
}
