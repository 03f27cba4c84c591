//! Errors: what is wrong, where, and what to type instead.
//!
//! A fault is found with a span; what a person needs to see of the file is copied out when it leaves the crate, so that an
//! error outlives the text that it is about.

mod help;
mod kind;
#[cfg(feature = "miette")]
mod miette;
mod place;

use std::fmt;

pub(crate) use help::nearest;
pub use kind::ErrorKind;
pub(crate) use kind::shortened;
pub use place::Place;

use crate::source::{Source, Span};

/// Why a file could not be read, and where.
///
/// [`Display`](fmt::Display) is one line, [`Error::render`] shows the line of the file with a caret. Neither repeats what
/// came out of the environment, nor what stands beside a secret.
///
/// ```
/// let error = tusk_tsk::from_str::<std::collections::BTreeMap<String, u16>>("port: $prot").unwrap_err();
/// assert_eq!(error.to_string(), "line 1, column 7: the global `$prot` is not defined");
/// assert_eq!((error.line(), error.column()), (Some(1), Some(7)));
/// ```
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    place: Option<Place>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind) -> Self {
        Self(Box::new(Inner { kind, place: None }))
    }

    /// The same at a place, unless it has one that is more exact.
    pub(crate) fn or_at(mut self, sources: &[Source], span: Span) -> Self {
        if self.0.place.is_none() {
            self.0.place = Place::of(sources, span);
        }
        self
    }

    /// The same in a file, where no place in it can be told.
    pub(crate) fn in_file(mut self, name: &str) -> Self {
        self.0.place.get_or_insert_with(|| Place::start_of(name));
        self
    }

    /// The same without the text of an environment variable.
    pub(crate) fn without(mut self, text: &str, variable: &str) -> Self {
        self.0.kind = self.0.kind.without(text, variable);
        self
    }

    /// What is wrong.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// Where it is; nothing if a type refuses what was made of no file.
    pub fn place(&self) -> Option<&Place> {
        self.0.place.as_ref()
    }

    /// The file's name; none if it was read without one.
    pub fn file(&self) -> Option<&str> {
        self.place().map(|place| place.file.as_str()).filter(|file| !file.is_empty())
    }

    /// The line, counted from 1.
    pub fn line(&self) -> Option<usize> {
        self.place().map(|place| place.line)
    }

    /// The column in characters, counted from 1.
    pub fn column(&self) -> Option<usize> {
        self.place().map(|place| place.column)
    }

    /// What to type instead.
    pub fn help(&self) -> Option<String> {
        self.kind().help()
    }

    /// The whole message: what is wrong, the line with a caret below the place, and the help.
    ///
    /// ```
    /// let error = tusk_tsk::from_str::<std::collections::BTreeMap<String, String>>("motto: all is well").unwrap_err();
    /// assert_eq!(
    ///     error.render(),
    ///     "error: a value that holds blanks is written in quotes
    ///  --> line 1, column 8
    ///   |
    /// 1 | motto: all is well
    ///   |        ^^^^^^^^^^^
    /// help: write `\"all is well\"`"
    /// );
    /// ```
    pub fn render(&self) -> String {
        let mut out = format!("error: {}", self.kind());
        if let Some(place) = self.place() {
            out.push_str(&place.render());
        }
        if let Some(help) = self.help() {
            out.push_str("\nhelp: ");
            out.push_str(&help);
        }
        out
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place() {
            Some(place) => write!(f, "{place}: {}", self.kind()),
            None => write!(f, "{}", self.kind()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error").field("kind", self.kind()).field("place", &self.0.place).finish()
    }
}

impl std::error::Error for Error {}

impl serde::de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(ErrorKind::Refused { message: message.to_string() })
    }

    fn invalid_type(found: serde::de::Unexpected<'_>, expected: &dyn serde::de::Expected) -> Self {
        Self::new(ErrorKind::WrongType { found: kind::described(found), expected: kind::wanted(&expected.to_string()) })
    }

    fn invalid_value(found: serde::de::Unexpected<'_>, expected: &dyn serde::de::Expected) -> Self {
        Self::new(ErrorKind::WrongValue {
            found: kind::described(found),
            expected: kind::wanted(&expected.to_string()),
        })
    }

    fn invalid_length(length: usize, expected: &dyn serde::de::Expected) -> Self {
        Self::new(ErrorKind::WrongLength { length, expected: kind::wanted(&expected.to_string()) })
    }

    fn unknown_variant(found: &str, expected: &'static [&'static str]) -> Self {
        Self::new(ErrorKind::UnknownVariant { found: found.to_owned(), expected })
    }

    fn unknown_field(found: &str, expected: &'static [&'static str]) -> Self {
        Self::new(ErrorKind::UnknownKey { found: found.to_owned(), expected })
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(ErrorKind::MissingKey { key: field })
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::new(ErrorKind::FieldTwice { field })
    }
}

/// A fault within the crate: its place is still a span.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) span: Span,
    /// Boxed: faults are rare, and results of parsing are moved often.
    pub(crate) kind: Box<ErrorKind>,
}

impl Fault {
    pub(crate) fn new(span: Span, kind: ErrorKind) -> Self {
        Self { span, kind: Box::new(kind) }
    }

    pub(crate) fn located(self, sources: &[Source]) -> Error {
        Error::new(*self.kind).or_at(sources, self.span)
    }
}

/// What parsing and evaluating end with.
pub(crate) type Outcome<T> = Result<T, Fault>;
