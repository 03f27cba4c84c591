//! The kinds of trigger.
//!
//! Each kind is one module here that holds its keys, their check and what the record keeps of them, and one line in
//! the list at the end of this file. Neither the macro nor the pipeline knows a kind by name.

pub mod blob;
pub mod database;
pub mod event;
pub mod http;
pub mod queue;
pub mod stream;
pub mod timer;
pub mod topic;

use serde::{Deserialize, Serialize};

use crate::attribute::{COMMON_KEYS, Key};
use crate::fault::{Fault, FaultKind};
use crate::reader::Reader;

/// A parameter that a trigger binds to the function's argument of the same name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// The name, as the argument must be called.
    pub name: String,
    /// How often it occurs.
    pub arity: Arity,
}

/// How often a parameter occurs in what the trigger matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arity {
    /// Exactly once: the argument is `T: FromStr`.
    One,
    /// Once or not at all: the argument is `Option<T>`.
    Optional,
    /// All that remains, as one text: the argument is `T: FromStr`.
    Rest,
}

/// Something that only one function of a program may have, so that a second one is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unique {
    /// The attribute's key that gives it.
    pub key: &'static str,
    /// What it is, for people: `GET users/<>`.
    pub label: String,
    /// The same as an identifier, for the compiler's message.
    pub identifier: String,
}

/// Lists the kinds of trigger: a line is the word in `trigger = "…"`, the variant, and its type.
macro_rules! triggers {
    ($($name:literal $variant:ident($type:ty),)*) => {
        /// What invokes a function.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "kind", rename_all = "snake_case")]
        pub enum Trigger {
            $(#[doc = concat!("`trigger = \"", $name, "\"`")] $variant($type),)*
        }

        /// The words that `trigger = "…"` takes.
        pub const NAMES: &[&str] = &[$($name),*];

        impl Trigger {
            /// The word in `trigger = "…"`.
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$variant(_) => $name,)* }
            }

            /// The identifier of the runtime's marker for this kind.
            pub const fn marker(&self) -> &'static str {
                match self { $(Self::$variant(_) => stringify!($variant),)* }
            }

            /// What it waits for, for people: a route, a schedule, a queue.
            pub fn what(&self) -> String {
                match self { $(Self::$variant(it) => it.what(),)* }
            }

            /// The parameters that bind to arguments by name.
            pub fn parameters(&self) -> Vec<Parameter> {
                match self { $(Self::$variant(it) => it.parameters(),)* }
            }

            /// What no other function may have, apart from the name.
            pub fn uniques(&self) -> Vec<Unique> {
                match self { $(Self::$variant(it) => it.uniques(),)* }
            }
        }

        /// The keys of one kind of trigger, or none for an unknown kind.
        pub(crate) fn keys_of(name: &str) -> Option<&'static [Key]> {
            match name { $($name => Some(<$type>::KEYS),)* _ => None }
        }

        /// The kinds whose trigger has this key.
        pub(crate) fn kinds_with(key: &str) -> Vec<&'static str> {
            let mut kinds = Vec::new();
            $(if <$type>::KEYS.iter().any(|known| known.name == key) { kinds.push($name); })*
            kinds
        }

        /// How a value of that key may look.
        pub(crate) fn example_of(key: &str) -> &'static str {
            let mut keys = COMMON_KEYS.iter()$(.chain(<$type>::KEYS))*;
            keys.find(|known| known.name == key).map_or("…", |known| known.example)
        }

        /// Reads the keys of one kind; `None` where a fault was reported.
        pub(crate) fn read(name: &str, reader: &mut Reader<'_>) -> Option<Trigger> {
            match name {
                $($name => <$type>::read(reader).map(Trigger::$variant),)*
                other => {
                    reader.push(Fault::value("trigger", FaultKind::UnknownTrigger { found: other.to_owned() }));
                    None
                }
            }
        }
    };
}

triggers! {
    "http" Http(http::Http),
    "timer" Timer(timer::Timer),
    "blob" Blob(blob::Blob),
    "queue" Queue(queue::Queue),
    "topic" Topic(topic::Topic),
    "database" Database(database::Database),
    "stream" Stream(stream::Stream),
    "event" Event(event::Event),
}
