//! Files that were read, and places in them.

use std::ops::Range;
use std::sync::OnceLock;

/// A stretch of one of the files that were read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    source: u32,
    start: u32,
    end: u32,
}

impl Span {
    /// The bytes from `start` to `end` of a file. A file is never longer than 32 bits count.
    pub(crate) fn new(source: u32, start: usize, end: usize) -> Self {
        let short = |at| u32::try_from(at).unwrap_or(u32::MAX);
        Self { source, start: short(start), end: short(end) }
    }

    /// The bytes within the file.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Which file it is in: its place in [`Tree::sources`](crate::Tree::sources).
    pub fn source(self) -> usize {
        self.source as usize
    }

    /// From the beginning of this one to the end of another in the same file.
    pub(crate) fn to(self, other: Self) -> Self {
        Self { end: other.end, ..self }
    }
}

/// A file that was read: its name and its text.
#[derive(Clone, Debug)]
pub struct Source {
    name: String,
    text: String,
    /// Where each line begins, found when the first place is asked for.
    lines: OnceLock<Vec<usize>>,
}

impl Source {
    pub(crate) fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into(), lines: OnceLock::new() }
    }

    /// The name that the file was read under.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its text.
    pub fn text(&self) -> &str {
        &self.text
    }

    fn lines(&self) -> &[usize] {
        self.lines.get_or_init(|| {
            let ends = self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
            std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect()
        })
    }

    /// The line and the column of a byte, both counted from 1, the column in characters.
    pub fn line_column(&self, at: usize) -> (usize, usize) {
        let line = self.lines().partition_point(|start| *start <= at);
        let start = self.lines().get(line - 1).copied().unwrap_or_default();
        let before = self.text.get(start..at.min(self.text.len())).unwrap_or_default();
        (line, before.trim_start_matches('\u{feff}').chars().count() + 1)
    }

    /// A line, counted from 1, without its end.
    pub(crate) fn line(&self, number: usize) -> &str {
        let start = self.lines().get(number - 1).copied().unwrap_or(self.text.len());
        let rest = self.text.get(start..).unwrap_or_default();
        let line = rest.split('\n').next().unwrap_or_default();
        line.strip_suffix('\r').unwrap_or(line).trim_start_matches('\u{feff}')
    }
}
