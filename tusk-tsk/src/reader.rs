//! What a reader may ask, and what it gives back.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::de::Deserializer;
use crate::error::{Error, Place};
use crate::evaluate::Session;
use crate::limits::Limits;
use crate::source::{Source, Span};
use crate::value::{Node, Value};

/// What becomes of `@env`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// It is looked up.
    #[default]
    Resolve,
    /// It stays a reference, so that a manifest gets a parameter. Conditions are decided all the same.
    Symbolic,
}

type Environment<'e> = Box<dyn Fn(&str) -> Option<String> + 'e>;
type Files<'e> = Box<dyn Fn(&Path) -> io::Result<Option<String>> + 'e>;

/// Reads files. It asks the functions that it was given, and nothing else: there is no other way to the environment or to
/// the disk.
///
/// ```
/// use std::collections::HashMap;
///
/// let variables = HashMap::from([("PORT".to_owned(), "8080".to_owned())]);
/// let reader = tusk_tsk::Reader::new().environment(|name| variables.get(name).cloned());
/// let ports: HashMap<String, u16> = reader.from_str(r#"http: @env("PORT"), metrics: 1"#.replace(", ", "\n").as_str())?;
/// assert_eq!(ports["http"], 8080);
/// # Ok::<(), tusk_tsk::Error>(())
/// ```
#[derive(Default)]
pub struct Reader<'e> {
    environment: Option<Environment<'e>>,
    files: Option<Files<'e>>,
    name: PathBuf,
    pub(crate) mode: Mode,
    pub(crate) limits: Limits,
}

impl<'e> Reader<'e> {
    /// A reader for which no variable is set and which reads no other files.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with an environment, such as `|name| std::env::var(name).ok()`.
    #[must_use]
    pub fn environment(self, look_up: impl Fn(&str) -> Option<String> + 'e) -> Self {
        Self { environment: Some(Box::new(look_up)), ..self }
    }

    /// The same with files: their text, or nothing for one that is not there.
    #[must_use]
    pub fn files(self, read: impl Fn(&Path) -> io::Result<Option<String>> + 'e) -> Self {
        Self { files: Some(Box::new(read)), ..self }
    }

    /// The same for a file of this name: messages begin with it, and `@other.tsk.get` looks beside it.
    #[must_use]
    pub fn name(self, name: impl Into<PathBuf>) -> Self {
        Self { name: name.into(), ..self }
    }

    /// The same in a mode.
    #[must_use]
    pub fn mode(self, mode: Mode) -> Self {
        Self { mode, ..self }
    }

    /// The same with other limits.
    #[must_use]
    pub fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Reads a text into a type.
    ///
    /// # Errors
    ///
    /// The first fault of the text, or what the type refuses.
    pub fn from_str<'s, T: Deserialize<'s>>(&self, text: &'s str) -> Result<T, Error> {
        self.read(text)?.deserialize()
    }

    /// Reads a text.
    ///
    /// # Errors
    ///
    /// The first fault of the text.
    pub fn read<'s>(&self, text: &'s str) -> Result<Tree<'s>, Error> {
        let mut session = Session::new(self);
        match session.read(self.name.clone(), text) {
            Ok(table) => Ok(Tree { root: Node::new(Value::Table(table), Span::default()), sources: session.sources }),
            Err(fault) => Err(fault.located(&session.sources)),
        }
    }

    pub(crate) fn variable(&self, name: &str) -> Option<String> {
        self.environment.as_ref().and_then(|look_up| look_up(name))
    }

    pub(crate) fn file(&self, path: &Path) -> Option<io::Result<Option<String>>> {
        self.files.as_ref().map(|read| read(path))
    }
}

impl fmt::Debug for Reader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("environment", &self.environment.is_some())
            .field("files", &self.files.is_some())
            .field("name", &self.name)
            .field("mode", &self.mode)
            .field("limits", &self.limits)
            .finish()
    }
}

/// What was read: the values, and the files that they come from.
///
/// Its [`Display`](fmt::Display) is the canonical form, without comments.
#[derive(Clone, Debug)]
pub struct Tree<'s> {
    pub(crate) root: Node<'s>,
    pub(crate) sources: Vec<Source>,
}

impl<'s> Tree<'s> {
    /// The table of the whole file.
    pub fn root(&self) -> &Node<'s> {
        &self.root
    }

    /// The value below a path, as in `section.key`.
    pub fn get(&self, path: &str) -> Option<&Node<'s>> {
        self.root.get(path)
    }

    /// The files, in the order in which they were read.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Where a span is.
    pub fn place(&self, span: Span) -> Option<Place> {
        Place::of(&self.sources, span)
    }

    /// The whole as a type.
    ///
    /// # Errors
    ///
    /// What the type refuses.
    pub fn deserialize<T: Deserialize<'s>>(&self) -> Result<T, Error> {
        T::deserialize(self.deserializer())
    }

    /// What stands below a path as a type; nothing if nothing does.
    ///
    /// # Errors
    ///
    /// What the type refuses.
    pub fn section<T: Deserialize<'s>>(&self, path: &str) -> Result<Option<T>, Error> {
        self.get(path).map(|node| T::deserialize(Deserializer::new(node, &self.sources))).transpose()
    }

    /// A deserializer of the whole, for what wraps one.
    pub fn deserializer(&self) -> Deserializer<'_, 's> {
        Deserializer::new(&self.root, &self.sources)
    }

    /// The same with texts of its own.
    pub fn into_owned(self) -> Tree<'static> {
        Tree { root: self.root.into_owned(), sources: self.sources }
    }
}

impl fmt::Display for Tree<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.root.value {
            Value::Table(table) => table.fmt(f),
            _ => self.root.fmt(f),
        }
    }
}
