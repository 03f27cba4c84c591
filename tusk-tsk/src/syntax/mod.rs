//! A file as it is written, with its comments: what tools read and print.
//!
//! Nothing is looked up here and no global stands for its value; that is the work of a [`Reader`](crate::Reader). Every
//! node knows its span, so that a tool can also replace a part of the text and leave the rest as it is.

mod block;
mod cursor;
mod expression;
mod indentation;
mod operator;
mod owned;
mod print;
mod statement;
mod string;
mod word;

use std::borrow::Cow;
use std::str::FromStr;

pub(crate) use self::print::write_float;
pub(crate) use self::statement::parse;
use crate::error::Error;
use crate::limits::Limits;
use crate::source::{Source, Span};

/// A whole file.
///
/// Its [`Display`](std::fmt::Display) is the canonical form, with the comments: one statement a line, four spaces for each
/// level, `:`, double quotes, and braces for blocks of every style.
///
/// ```
/// let document: tusk_tsk::Document = "# who\nname='users' # ours\nlimits:\n  - 1\n  - 2\n".parse()?;
/// assert_eq!(document.to_string(), "# who\nname: \"users\" # ours\nlimits: [1, 2]\n");
/// # Ok::<(), tusk_tsk::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Document<'s> {
    /// The lines before the first section, and the sections.
    pub items: Vec<Item<'s>>,
    /// Where each global is defined, for the message that one is used before.
    pub(crate) globals: Vec<(Cow<'s, str>, Span)>,
}

impl<'s> Document<'s> {
    /// Reads a file's text, without the environment and without other files.
    ///
    /// # Errors
    ///
    /// The first fault of its syntax.
    pub fn parse(text: &'s str) -> Result<Self, Error> {
        parse(text, 0, &Limits::default()).map_err(|fault| fault.located(&[Source::new("", text)]))
    }
}

impl FromStr for Document<'static> {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Document::parse(text).map(Document::into_owned)
    }
}

/// A line, or what begins with it.
#[derive(Clone, Debug)]
pub enum Item<'s> {
    /// One or more empty lines.
    Blank,
    /// A comment in a line of its own.
    Comment(Comment<'s>),
    /// `[section]` with all that follows up to the next one.
    Section(Section<'s>),
    /// `key: value`, `$name: value` or a block.
    Pair(Pair<'s>),
}

/// A comment.
#[derive(Clone, Debug)]
pub struct Comment<'s> {
    /// The text after `#` or `//` and one blank.
    pub text: Cow<'s, str>,
}

/// `[section]` and what is in it.
#[derive(Clone, Debug)]
pub struct Section<'s> {
    /// Its path.
    pub key: Key<'s>,
    /// The comment behind it.
    pub comment: Option<Comment<'s>>,
    /// What is in it.
    pub items: Vec<Item<'s>>,
}

/// A key and its value.
#[derive(Clone, Debug)]
pub struct Pair<'s> {
    /// The key.
    pub key: Key<'s>,
    /// How key and value stand together.
    pub form: Form,
    /// The value; a table for a block.
    pub value: Expression<'s>,
    /// The comment behind it; behind the opening brace for a table over several lines.
    pub comment: Option<Comment<'s>>,
}

/// How a key and its value stand together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `key: value`
    Value,
    /// `$name: value`
    Global,
    /// `name {` … `}` or `name >` … `<`, which may be opened again.
    Block,
}

/// A key: one part, or several with dots between.
#[derive(Clone, Debug)]
pub struct Key<'s> {
    /// The first part, mostly the only one.
    pub first: Part<'s>,
    /// The others.
    pub rest: Vec<Part<'s>>,
}

impl<'s> Key<'s> {
    /// All parts.
    pub fn parts(&self) -> impl Iterator<Item = &Part<'s>> {
        std::iter::once(&self.first).chain(&self.rest)
    }

    /// The bytes that it takes.
    pub fn span(&self) -> Span {
        self.first.span.to(self.rest.last().map_or(self.first.span, |part| part.span))
    }
}

/// A part of a key.
#[derive(Clone, Debug)]
pub struct Part<'s> {
    /// The name, without quotes.
    pub name: Cow<'s, str>,
    /// The bytes that it takes.
    pub span: Span,
}

/// A value as it is written.
#[derive(Clone, Debug)]
pub struct Expression<'s> {
    /// What it is.
    pub kind: ExpressionKind<'s>,
    /// The bytes that it takes.
    pub span: Span,
}

/// What can stand for a value.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ExpressionKind<'s> {
    /// `null`
    Null,
    /// `true`, `false`
    Boolean(bool),
    /// `42`
    Integer(i64),
    /// `4.2`
    Float(f64),
    /// `8000-9000`
    Range(u64, u64),
    /// A text in quotes, without parts to fill in.
    Text(Cow<'s, str>),
    /// A text without quotes.
    Word(Cow<'s, str>),
    /// A text with `${…}`.
    Template(Vec<Piece<'s>>),
    /// `$name`
    Global(Cow<'s, str>),
    /// `@env("NAME", default)`
    Variable {
        /// The variable.
        name: Cow<'s, str>,
        /// What it is if the variable is not set.
        default: Option<Box<Expression<'s>>>,
    },
    /// `@env.secure("NAME")`
    Secret(Cow<'s, str>),
    /// `@other.tsk.get("a.b")`
    Other {
        /// The file's name without its ending.
        file: Cow<'s, str>,
        /// The path in it.
        path: Cow<'s, str>,
    },
    /// `a + b`
    Join(Vec<Expression<'s>>),
    /// `condition ? value : other`, or `@if(…)`
    Choice(Box<Choice<'s>>),
    /// A comparison, which stands in conditions only.
    Comparison(Box<Comparison<'s>>),
    /// `[a, b]`, or lines with `-`.
    List(Vec<Element<'s>>),
    /// `{ … }`, a block, or deeper lines.
    Table(Vec<Item<'s>>),
}

/// A part of a text with `${…}`.
#[derive(Clone, Debug)]
pub enum Piece<'s> {
    /// Text.
    Text(Cow<'s, str>),
    /// `${name}`, `${section.key}`, `${NAME:-default}`
    Name {
        /// The name or path.
        name: Cow<'s, str>,
        /// What it is if there is nothing of that name.
        default: Option<Cow<'s, str>>,
        /// The bytes that it takes, with the braces.
        span: Span,
    },
}

/// A condition and two values.
#[derive(Clone, Debug)]
pub struct Choice<'s> {
    /// The condition.
    pub condition: Expression<'s>,
    /// The value if it holds.
    pub value: Expression<'s>,
    /// The value if it does not.
    pub other: Expression<'s>,
}

/// Two values compared.
#[derive(Clone, Debug)]
pub struct Comparison<'s> {
    /// The value before the operator.
    pub left: Expression<'s>,
    /// The operator.
    pub operator: Operator,
    /// The value behind it.
    pub right: Expression<'s>,
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "their symbols are their documentation")]
pub enum Operator {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

impl Operator {
    /// As it is written, the longer ones before those that they begin with.
    pub(crate) const ALL: [(&'static str, Self); 6] = [
        ("==", Self::Equal),
        ("!=", Self::NotEqual),
        (">=", Self::GreaterOrEqual),
        ("<=", Self::LessOrEqual),
        (">", Self::Greater),
        ("<", Self::Less),
    ];

    /// As it is written.
    pub fn symbol(self) -> &'static str {
        Self::ALL.iter().find(|(_, operator)| *operator == self).map_or("", |(symbol, _)| symbol)
    }
}

/// A line of a list.
#[derive(Clone, Debug)]
pub enum Element<'s> {
    /// A comment in a line of its own.
    Comment(Comment<'s>),
    /// A value, and the comment behind it.
    Value(Expression<'s>, Option<Comment<'s>>),
}

impl<'s> Expression<'s> {
    pub(crate) fn new(kind: ExpressionKind<'s>, span: Span) -> Self {
        Self { kind, span }
    }
}
