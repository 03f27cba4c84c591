//! From what is written to what it says: globals, the environment and other files stand where they are used.
//!
//! A file is taken from top to bottom, so that only what stands above can be used. Nothing but the functions that the
//! [`Reader`] was given is asked for anything.

mod budget;
mod condition;
mod name;
mod other;
mod value;

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::PathBuf;

use self::budget::{Budget, Cost};
use crate::error::{ErrorKind, Fault, Outcome};
use crate::reader::Reader;
use crate::source::{Source, Span};
use crate::syntax::{ExpressionKind, Form, Item, Pair, Part};
use crate::value::{Entry, Node, Table, Value};

/// What the files of one reading have in common.
pub(crate) struct Session<'e> {
    pub(crate) reader: &'e Reader<'e>,
    pub(crate) sources: Vec<Source>,
    /// The files that are being read, each by the one before it.
    chain: Vec<PathBuf>,
    /// What other files say, once they are read.
    others: HashMap<PathBuf, Table<'static>>,
}

impl<'e> Session<'e> {
    pub(crate) fn new(reader: &'e Reader<'e>) -> Self {
        Self { reader, sources: Vec::new(), chain: Vec::new(), others: HashMap::new() }
    }

    /// Reads a file's text.
    pub(crate) fn read<'s>(&mut self, path: PathBuf, text: &'s str) -> Outcome<Table<'s>> {
        let source = u32::try_from(self.sources.len()).unwrap_or(u32::MAX);
        // No more than this is looked at: it is too long anyway.
        let kept = text.get(..text.floor_char_boundary(self.reader.limits.size)).unwrap_or_default();
        self.sources.push(Source::new(path.to_string_lossy(), kept));
        if self.sources.len() > self.reader.limits.files {
            let kind = ErrorKind::TooManyFiles { most: self.reader.limits.files };
            return Err(Fault::new(Span::new(source, 0, 0), kind));
        }
        let document = crate::syntax::parse(text, source, &self.reader.limits)?;
        self.chain.push(path);
        let table = Evaluator::new(self, document.globals).file(document.items)?;
        self.chain.pop();
        Ok(table)
    }
}

/// The state within one file.
struct Evaluator<'r, 'e, 's> {
    session: &'r mut Session<'e>,
    /// The file's table, and one for each table in a list that is being read.
    tables: Vec<Table<'s>>,
    /// The way from the last of these tables to the one that is being filled.
    path: Vec<usize>,
    /// How deep the last of these tables and the lists around it stand.
    base: usize,
    globals: HashMap<Cow<'s, str>, Global<'s>>,
    /// Where each global is defined, also below.
    definitions: Vec<(Cow<'s, str>, Span)>,
    budget: Budget,
    /// Whether a condition is being decided, which takes the values of variables in both modes.
    deciding: bool,
}

/// A global that is defined.
struct Global<'s> {
    node: Node<'s>,
    cost: Cost,
    span: Span,
}

impl<'r, 'e, 's> Evaluator<'r, 'e, 's> {
    fn new(session: &'r mut Session<'e>, definitions: Vec<(Cow<'s, str>, Span)>) -> Self {
        Self {
            budget: Budget::new(session.reader.limits),
            session,
            tables: vec![Table::open()],
            path: Vec::new(),
            base: 0,
            globals: HashMap::new(),
            definitions,
            deciding: false,
        }
    }

    fn file(mut self, items: Vec<Item<'s>>) -> Outcome<Table<'s>> {
        self.fill(items)?;
        Ok(self.tables.pop().unwrap_or_default())
    }

    /// Fills the table that the path leads to.
    fn fill(&mut self, items: Vec<Item<'s>>) -> Outcome<()> {
        for item in items {
            match item {
                Item::Blank | Item::Comment(_) => {}
                Item::Section(section) => {
                    let above = self.path.len();
                    self.enter(section.key.first)?;
                    section.key.rest.into_iter().try_for_each(|part| self.enter(part))?;
                    self.fill(section.items)?;
                    self.path.truncate(above);
                }
                Item::Pair(pair) => self.pair(pair)?,
            }
        }
        Ok(())
    }

    fn pair(&mut self, pair: Pair<'s>) -> Outcome<()> {
        if pair.form == Form::Global {
            return self.define(pair);
        }
        let above = self.path.len();
        let mut last = pair.key.first;
        for part in pair.key.rest {
            self.enter(std::mem::replace(&mut last, part))?;
        }
        match (pair.form, pair.value.kind) {
            (Form::Block, ExpressionKind::Table(items)) => {
                self.enter(last)?;
                self.fill(items)?;
            }
            (_, ExpressionKind::Table(items)) => {
                let at = self.insert(last, Node::new(Value::Table(Table::default()), pair.value.span))?;
                self.path.push(at);
                self.fill(items)?;
            }
            (_, kind) => {
                self.check_new(&last)?;
                let node = self.value(kind, pair.value.span)?;
                self.insert(last, node)?;
            }
        }
        self.path.truncate(above);
        Ok(())
    }

    fn define(&mut self, pair: Pair<'s>) -> Outcome<()> {
        let Part { name, span } = pair.key.first;
        if let Some(first) = self.globals.get(&name) {
            return Err(self.duplicate(format!("${name}"), span, first.span));
        }
        let node = self.value(pair.value.kind, pair.value.span)?;
        let cost = Cost::of(&node);
        self.globals.insert(name, Global { node, cost, span });
        Ok(())
    }

    /// The table that is being filled.
    fn table(&mut self) -> Option<&mut Table<'s>> {
        let mut table = self.tables.last_mut()?;
        for at in &self.path {
            match &mut table.entry_mut(*at)?.node.value {
                Value::Table(inner) => table = inner,
                _ => return None,
            }
        }
        Some(table)
    }

    /// Goes into a table of this one, and makes it if it is not there.
    fn enter(&mut self, part: Part<'s>) -> Outcome<()> {
        let found = self.table().and_then(|table| {
            let at = table.position(&part.name)?;
            let entry = table.entry_mut(at)?;
            Some((at, entry.key_span, matches!(&entry.node.value, Value::Table(table) if table.open)))
        });
        match found {
            Some((at, _, true)) => self.path.push(at),
            Some((_, first, false)) => return Err(self.duplicate(part.name.into_owned(), part.span, first)),
            None => {
                let span = part.span;
                let at = self.insert(part, Node::new(Value::Table(Table::open()), span))?;
                self.path.push(at);
            }
        }
        Ok(())
    }

    fn check_new(&mut self, part: &Part<'s>) -> Outcome<()> {
        let first = self.table().and_then(|table| {
            let at = table.position(&part.name)?;
            table.entry_mut(at).map(|entry| entry.key_span)
        });
        match first {
            None => Ok(()),
            Some(first) => Err(self.duplicate(part.name.clone().into_owned(), part.span, first)),
        }
    }

    fn insert(&mut self, part: Part<'s>, node: Node<'s>) -> Outcome<usize> {
        self.check_new(&part)?;
        self.budget.take_value(part.span)?;
        let entry = Entry { key: part.name, key_span: part.span, node };
        Ok(self.table().map(|table| table.push(entry)).unwrap_or_default())
    }

    fn duplicate(&self, key: String, span: Span, first: Span) -> Fault {
        let source = self.session.sources.get(first.source());
        let line = source.map_or(1, |source| source.line_column(first.range().start).0);
        Fault::new(span, ErrorKind::DuplicateKey { key, line })
    }

    /// How deep the value stands that is being read.
    fn depth(&self) -> usize {
        self.base + self.path.len()
    }
}
