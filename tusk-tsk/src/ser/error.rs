//! Why a value cannot be written.

use std::fmt;

/// Why a value cannot be written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WriteError {
    /// A file is a table, and this is not.
    NoTable {
        /// What it is.
        found: &'static str,
    },
    /// A number that 64 bits do not hold, or that is not finite.
    Number {
        /// The number.
        found: String,
    },
    /// A key that is no text, number or boolean.
    Key {
        /// What it is.
        found: &'static str,
    },
    /// Two fields of one name.
    KeyTwice {
        /// The name.
        key: String,
    },
    /// What the type itself says.
    Refused {
        /// Its words.
        message: String,
    },
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoTable { found } => write!(f, "a file is written from a struct or a map, and this is {found}"),
            Self::Number { found } => {
                write!(f, "the number {found} cannot be written: numbers are finite and have 64 bits; write a text")
            }
            Self::Key { found } => write!(f, "a key is a text, and this is {found}"),
            Self::KeyTwice { key } => write!(f, "the key `{key}` is given twice: rename one of the fields"),
            Self::Refused { message } => f.write_str(message),
        }
    }
}

impl std::error::Error for WriteError {}

impl serde::ser::Error for WriteError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::Refused { message: message.to_string() }
    }
}
