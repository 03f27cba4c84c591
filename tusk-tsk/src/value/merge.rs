//! A deep merge: what is nearer wins.

use super::{Table, Value};

impl Table<'_> {
    /// Puts another table over this one. Tables that both have are merged; any other value is replaced.
    pub(crate) fn overlay(&mut self, nearer: Self) {
        for entry in nearer.into_entries() {
            let Some(own) = self.position(&entry.key).and_then(|at| self.entry_mut(at)) else {
                self.push(entry);
                continue;
            };
            match (&mut own.node.value, entry.node.value) {
                (Value::Table(own), Value::Table(nearer)) => own.overlay(nearer),
                (_, value) => {
                    own.key_span = entry.key_span;
                    own.node.span = entry.node.span;
                    own.node.origin = entry.node.origin;
                    own.node.value = value;
                }
            }
        }
    }
}
