//! What a file says: values, each with its span.

mod merge;
mod print;
mod table;

use std::borrow::Cow;
use std::fmt;

pub use self::table::{Entry, Table};
use crate::source::Span;

/// A value, where it stands, and whether the environment had a part in it.
#[derive(Clone, Debug)]
pub struct Node<'s> {
    /// The value.
    pub value: Value<'s>,
    /// The bytes that it takes. For a value out of a global, where the global is used.
    pub span: Span,
    /// Where its text comes from.
    pub origin: Origin<'s>,
}

/// Where a text comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin<'s> {
    /// It is written in the file.
    #[default]
    File,
    /// `@env` gave it: it may stand for a number or a boolean, and no message repeats it.
    Variable(Cow<'s, str>),
    /// A part of it came from the environment: no message repeats it.
    Joined,
}

/// A value.
///
/// Two are equal if they say the same, wherever they stand; the order of a table's keys says nothing.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value<'s> {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean(bool),
    /// A number without a point.
    Integer(i64),
    /// A number with a point.
    Float(f64),
    /// A text.
    Text(Cow<'s, str>),
    /// A list.
    List(Vec<Node<'s>>),
    /// A table. A range is one with `min`, `max` and `type: "range"`.
    Table(Table<'s>),
    /// A variable that is looked up when the program runs; in [symbolic](crate::Mode::Symbolic) mode only.
    Variable(Box<Variable<'s>>),
    /// A text with such variables in it; in symbolic mode only.
    Template(Vec<Piece<'s>>),
    /// A secret, in both modes: its name, never its value.
    Secret(Cow<'s, str>),
}

/// An environment variable that is looked up later.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable<'s> {
    /// Its name.
    pub name: Cow<'s, str>,
    /// What it is if it is not set.
    pub default: Option<Node<'s>>,
}

/// A part of a text that is put together later.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece<'s> {
    /// Text.
    Text(Cow<'s, str>),
    /// A variable.
    Variable(Variable<'s>),
}

impl PartialEq for Node<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<'s> Node<'s> {
    pub(crate) fn new(value: Value<'s>, span: Span) -> Self {
        Self { value, span, origin: Origin::File }
    }

    /// The same with texts of its own.
    pub fn into_owned(self) -> Node<'static> {
        let origin = match self.origin {
            Origin::File => Origin::File,
            Origin::Joined => Origin::Joined,
            Origin::Variable(name) => Origin::Variable(owned(name)),
        };
        Node { value: self.value.into_owned(), span: self.span, origin }
    }

    /// The value below a path, as in `section.key`.
    pub fn get(&self, path: &str) -> Option<&Self> {
        path.split('.').try_fold(self, |node, name| match &node.value {
            Value::Table(table) => table.get(name),
            _ => None,
        })
    }
}

fn owned(text: Cow<'_, str>) -> Cow<'static, str> {
    Cow::Owned(text.into_owned())
}

impl Value<'_> {
    /// What it is, for people.
    pub fn describe(&self) -> &'static str {
        match self {
            Self::Null => "`null`",
            Self::Boolean(true) => "`true`",
            Self::Boolean(false) => "`false`",
            Self::Integer(_) | Self::Float(_) => "a number",
            Self::Text(_) | Self::Template(_) => "a text",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
            Self::Variable(_) => "an environment variable",
            Self::Secret(_) => "a secret",
        }
    }

    /// The same with texts of its own.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Self::Null => Value::Null,
            Self::Boolean(value) => Value::Boolean(value),
            Self::Integer(value) => Value::Integer(value),
            Self::Float(value) => Value::Float(value),
            Self::Text(text) => Value::Text(owned(text)),
            Self::List(nodes) => Value::List(nodes.into_iter().map(Node::into_owned).collect()),
            Self::Table(table) => Value::Table(table.into_owned()),
            Self::Variable(variable) => Value::Variable(Box::new(variable.into_owned())),
            Self::Template(pieces) => Value::Template(pieces.into_iter().map(Piece::into_owned).collect()),
            Self::Secret(name) => Value::Secret(owned(name)),
        }
    }
}

impl Variable<'_> {
    fn into_owned(self) -> Variable<'static> {
        Variable { name: owned(self.name), default: self.default.map(Node::into_owned) }
    }
}

impl Piece<'_> {
    fn into_owned(self) -> Piece<'static> {
        match self {
            Self::Text(text) => Piece::Text(owned(text)),
            Self::Variable(variable) => Piece::Variable(variable.into_owned()),
        }
    }
}

/// The canonical form of the value alone.
impl fmt::Display for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        print::write_node(f, self)
    }
}
