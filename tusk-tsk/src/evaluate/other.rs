//! `@other.tsk.get("a.b")`: a value out of a file beside this one.

use std::path::Path;

use super::Evaluator;
use super::budget::Cost;
use crate::error::{ErrorKind, Fault, Outcome, nearest};
use crate::source::Span;
use crate::value::{Node, Table, Value};

impl<'s> Evaluator<'_, '_, 's> {
    pub(super) fn other(&mut self, file: &str, path: &str, span: Span) -> Outcome<Node<'s>> {
        let depth = self.depth();
        let name = format!("{file}.tsk");
        let directory = self.session.chain.last().and_then(|path| path.parent()).unwrap_or(Path::new(""));
        let at = directory.join(&name);
        if !self.session.others.contains_key(&at) {
            let table = self.read_other(&at, span)?;
            self.session.others.insert(at.clone(), table);
        }
        let Some(table) = self.session.others.get(&at) else {
            return Err(unreadable(&name, "it is not there", span));
        };
        let Some(node) = found(table, path) else {
            let near = near_path(table, path);
            let (path, file) = (path.to_owned(), Some(name));
            return Err(Fault::new(span, ErrorKind::UnknownPath { path, file, near }));
        };
        self.budget.take(Cost::of(node), depth, span)?;
        Ok(node.clone())
    }

    fn read_other(&mut self, at: &Path, span: Span) -> Outcome<Table<'static>> {
        let session = &mut *self.session;
        if let Some(first) = session.chain.iter().position(|reading| reading == at) {
            let again = std::iter::once(at.to_path_buf());
            let cycle = session.chain.iter().skip(first).cloned().chain(again);
            let files = cycle.map(|path| path.to_string_lossy().into_owned()).collect();
            return Err(Fault::new(span, ErrorKind::FileCycle { files }));
        }
        if session.sources.len() >= session.reader.limits.files {
            let kind = ErrorKind::TooManyFiles { most: session.reader.limits.files };
            return Err(Fault::new(span, kind));
        }
        let name = at.to_string_lossy();
        let text = match session.reader.file(at) {
            None => return Err(Fault::new(span, ErrorKind::NoFiles { file: name.into_owned() })),
            Some(Err(error)) => return Err(unreadable(&name, &error.to_string(), span)),
            Some(Ok(None)) => return Err(unreadable(&name, "there is no such file", span)),
            Some(Ok(Some(text))) => text,
        };
        Ok(session.read(at.to_path_buf(), &text)?.into_owned())
    }
}

fn unreadable(file: &str, reason: &str, span: Span) -> Fault {
    Fault::new(span, ErrorKind::UnreadableFile { file: file.to_owned(), reason: reason.to_owned() })
}

fn found<'t>(table: &'t Table<'static>, path: &str) -> Option<&'t Node<'static>> {
    match path.split_once('.') {
        Some((first, rest)) => table.get(first)?.get(rest),
        None => table.get(path),
    }
}

fn near_path(table: &Table<'static>, path: &str) -> Option<String> {
    let keys = |table: &Table<'static>, word: &str| {
        nearest(word, table.entries().iter().map(|entry| entry.key.as_ref())).map(str::to_owned)
    };
    match path.rsplit_once('.') {
        Some((parent, last)) => match &found(table, parent)?.value {
            Value::Table(inner) => Some(format!("{parent}.{}", keys(inner, last)?)),
            _ => None,
        },
        None => keys(table, path),
    }
}
