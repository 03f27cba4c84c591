//! What a function sends or stores: arguments marked `#[queue("orders")]`, `#[bucket("invoices")]` and the like.
//!
//! An output names a resource. The manifest grants what its kind and `access` say on that resource and nothing else, and
//! tells the running function its physical name.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::attribute::{Location, RawOutput, RawValue};
use crate::fault::{Fault, FaultKind};
use crate::filter::Wildcard;
use crate::name::{resource_fault_at, resource_like};
use crate::reader::Reader;

/// A resource that a function may use.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Output {
    /// What it is.
    pub kind: OutputKind,
    /// Its logical name; of an event, its type.
    pub name: String,
    /// What may be done with it.
    #[serde(default, skip_serializing_if = "Access::is_default")]
    pub access: Access,
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.name(), self.name)
    }
}

/// What may be done with a bucket or a table. What is sent to is only ever written, and a secret only read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// Everything.
    #[default]
    All,
    /// Only reading.
    Read,
    /// Only writing and deleting.
    Write,
}

impl Access {
    /// The words that `access = "…"` takes.
    pub const NAMES: [&str; 3] = ["all", "read", "write"];

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
    fn is_default(&self) -> bool {
        *self == Self::All
    }

    /// The access of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "all" => Self::All,
            "read" => Self::Read,
            "write" => Self::Write,
            _ => return None,
        })
    }

    /// Whether it allows reading.
    pub const fn reads(self) -> bool {
        !matches!(self, Self::Write)
    }

    /// Whether it allows writing.
    pub const fn writes(self) -> bool {
        !matches!(self, Self::Read)
    }
}

/// Lists the kinds of output: a line is the word of the argument's attribute, the variant, and a name of such a resource.
macro_rules! outputs {
    ($($name:literal $variant:ident $example:literal $doc:literal,)*) => {
        /// The kind of a resource that a function uses.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "lowercase")]
        pub enum OutputKind {
            $(#[doc = $doc] $variant,)*
        }

        impl OutputKind {
            /// Every kind, in the order in which messages list them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The word of the argument's attribute.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The identifier of the runtime's marker for this kind.
            pub const fn marker(self) -> &'static str {
                match self { $(Self::$variant => stringify!($variant),)* }
            }

            /// The name of such a resource, as one would write it.
            pub const fn example(self) -> &'static str {
                match self { $(Self::$variant => $example,)* }
            }
        }
    };
}

outputs! {
    "queue" Queue "orders" "A queue that messages are sent to.",
    "topic" Topic "paid" "A topic that messages are published to.",
    "event" Event "com.example.paid" "Events of one type.",
    "bucket" Bucket "invoices" "A bucket of objects.",
    "table" Table "stock" "A table of items.",
    "secret" Secret "stripe-key" "A secret.",
}

impl OutputKind {
    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    const fn has_access(self) -> bool {
        matches!(self, Self::Bucket | Self::Table)
    }
}

/// Attributes of an argument that are rustc's own, or that a tool reads, and stay where they are.
const FOREIGN: [&str; 10] =
    ["allow", "expect", "warn", "deny", "forbid", "cfg", "cfg_attr", "doc", "rustfmt", "clippy"];

/// Whether an argument's attribute of that name is for `#[tusk_fn]`.
pub fn is_ours(name: &str) -> bool {
    !FOREIGN.contains(&name)
}

/// Reads the attribute of an argument; `None` where a fault was reported.
pub(crate) fn read(raw: &RawOutput, argument: usize, reader: &mut Reader<'_>) -> Option<Output> {
    let mut refuse = |kind, within| {
        reader.push(Fault { at: Location::OutputOf(argument), within, kind });
        None
    };
    let Some(kind) = OutputKind::from_name(&raw.name) else {
        return refuse(FaultKind::UnknownOutput { found: raw.name.clone() }, None);
    };
    let [(None, RawValue::Text(name)), others @ ..] = raw.values.as_slice() else {
        return refuse(FaultKind::OutputWithoutName { kind }, None);
    };
    if let Some(at) = name_fault_at(kind, name) {
        let length = name[at..].chars().next().map_or(0, char::len_utf8);
        let near = resource_like(name).filter(|_| kind != OutputKind::Event);
        let kind = FaultKind::ResourceName { found: name.clone(), near };
        return refuse(kind, Some((name.clone(), at..at + length)));
    }
    let access = match others {
        [] => Access::default(),
        [(Some(key), RawValue::Text(word))] if key == "access" && kind.has_access() => match Access::from_name(word) {
            Some(access) => access,
            None => return refuse(FaultKind::UnknownAccess { found: word.clone() }, None),
        },
        _ => return refuse(FaultKind::OutputArguments { kind, access: kind.has_access() }, None),
    };
    Some(Output { kind, name: name.clone(), access })
}

/// The first byte at which a name cannot name such a resource.
fn name_fault_at(kind: OutputKind, name: &str) -> Option<usize> {
    match kind {
        OutputKind::Event => match name.parse::<Wildcard>() {
            Ok(Wildcard::Exact(_)) => None,
            Ok(Wildcard::Prefix(prefix)) => Some(prefix.len()),
            Err(error) => Some(error.range.start),
        },
        OutputKind::Table => table_fault_at(name),
        _ => resource_fault_at(name),
    }
}

/// The first byte at which a text is no `table` or `database/table`.
pub(crate) fn table_fault_at(name: &str) -> Option<usize> {
    match name.split_once('/') {
        None => resource_fault_at(name),
        Some((database, table)) => {
            resource_fault_at(database).or_else(|| resource_fault_at(table).map(|at| database.len() + 1 + at))
        }
    }
}
