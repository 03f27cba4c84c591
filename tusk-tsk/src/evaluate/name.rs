//! `${…}`: a global, a key above, or an environment variable.

use std::borrow::Cow;

use super::Evaluator;
use crate::error::{ErrorKind, Fault, Outcome, nearest};
use crate::source::Span;
use crate::syntax::{Expression, ExpressionKind};
use crate::value::{Node, Origin, Table, Value};

impl<'s> Evaluator<'_, '_, 's> {
    /// What a name in a text stands for: a global, then a key of the file, then the environment.
    ///
    /// The environment is asked for names without small letters, and for any that has a default: a mistyped name of a
    /// global is to be a fault, not a variable.
    pub(super) fn named(&mut self, name: Cow<'s, str>, default: Option<Cow<'s, str>>, span: Span) -> Outcome<Node<'s>> {
        if self.globals.contains_key(&name) {
            return self.value(ExpressionKind::Global(name), span);
        }
        if let Some(node) = self.above(&name) {
            return Ok(Node { span, ..node.clone() });
        }
        let dotted = name.contains('.');
        let capitals = !name.contains(char::is_lowercase);
        match default {
            Some(default) if dotted => Ok(Node::new(Value::Text(default), span)),
            None if dotted || !capitals => Err(self.unknown_path(&name, span)),
            default => {
                let default = default.map(|text| Box::new(Expression::new(ExpressionKind::Text(text), span)));
                let mut node = self.value(ExpressionKind::Variable { name, default }, span)?;
                // A part of a text is a text.
                if let Origin::Variable(_) = node.origin {
                    node.origin = Origin::Joined;
                }
                Ok(node)
            }
        }
    }

    /// The value of a key that stands above.
    fn above(&self, path: &str) -> Option<&Node<'s>> {
        let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
        let node = self.tables.first()?.get(first)?;
        rest.map_or(Some(node), |rest| node.get(rest))
    }

    fn unknown_path(&self, path: &str, span: Span) -> Fault {
        if self.definitions.iter().any(|(known, _)| known == path) {
            return self.unknown_global(path, span);
        }
        let near = if let Some((parent, last)) = path.rsplit_once('.') {
            self.near_key(parent, last)
        } else {
            let keys = self.tables.first().map_or(&[][..], Table::entries).iter().map(|entry| entry.key.as_ref());
            nearest(path, self.globals.keys().map(AsRef::as_ref).chain(keys)).map(str::to_owned)
        };
        Fault::new(span, ErrorKind::UnknownPath { path: path.to_owned(), file: None, near })
    }

    /// The path of a key that is like this one.
    fn near_key(&self, parent: &str, last: &str) -> Option<String> {
        let Value::Table(table) = &self.above(parent)?.value else { return None };
        let near = nearest(last, table.entries().iter().map(|entry| entry.key.as_ref()))?;
        Some(format!("{parent}.{near}"))
    }
}
