//! Tables: keys and values in the order in which they were written.

use std::borrow::Cow;
use std::collections::HashMap;

use super::Node;
use crate::source::Span;

/// From this many entries on, keys are found by an index: a long file would take time with the square of its length.
const INDEXED: usize = 16;

/// Keys and values, in their order.
#[derive(Clone, Debug, Default)]
pub struct Table<'s> {
    entries: Vec<Entry<'s>>,
    index: Option<HashMap<Cow<'s, str>, usize>>,
    /// Whether more may be added from elsewhere: a section or a block, and not a value.
    pub(crate) open: bool,
}

/// A key and its value.
#[derive(Clone, Debug)]
pub struct Entry<'s> {
    /// The key.
    pub key: Cow<'s, str>,
    /// Where the key stands.
    pub key_span: Span,
    /// The value.
    pub node: Node<'s>,
}

impl<'s> Table<'s> {
    /// A table to which sections and blocks may add.
    pub(crate) fn open() -> Self {
        Self { open: true, ..Self::default() }
    }

    /// The entries, in their order.
    pub fn entries(&self) -> &[Entry<'s>] {
        &self.entries
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Node<'s>> {
        self.position(key).and_then(|at| self.entries.get(at)).map(|entry| &entry.node)
    }

    pub(crate) fn position(&self, key: &str) -> Option<usize> {
        match &self.index {
            Some(index) => index.get(key).copied(),
            None => self.entries.iter().position(|entry| entry.key == key),
        }
    }

    pub(crate) fn entry_mut(&mut self, at: usize) -> Option<&mut Entry<'s>> {
        self.entries.get_mut(at)
    }

    /// Adds an entry whose key is not there yet, and returns its place.
    pub(crate) fn push(&mut self, entry: Entry<'s>) -> usize {
        let at = self.entries.len();
        if let Some(index) = &mut self.index {
            index.insert(entry.key.clone(), at);
        }
        self.entries.push(entry);
        if self.index.is_none() && self.entries.len() > INDEXED {
            let keys = self.entries.iter().enumerate();
            self.index = Some(keys.map(|(at, entry)| (entry.key.clone(), at)).collect());
        }
        at
    }

    pub(crate) fn into_entries(self) -> Vec<Entry<'s>> {
        self.entries
    }

    pub(crate) fn into_owned(self) -> Table<'static> {
        let mut table = Table { open: self.open, ..Table::default() };
        for entry in self.entries {
            let key = Cow::Owned(entry.key.into_owned());
            table.push(Entry { key, key_span: entry.key_span, node: entry.node.into_owned() });
        }
        table
    }
}

impl PartialEq for Table<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.entries.len() == other.entries.len()
            && self.entries.iter().all(|entry| other.get(&entry.key).is_some_and(|node| *node == entry.node))
    }
}
