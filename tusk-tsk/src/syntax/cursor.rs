//! Reads a text from left to right.

use super::Comment;
use crate::error::{ErrorKind, Fault, Outcome};
use crate::limits::Limits;
use crate::source::Span;
use std::borrow::Cow;

/// The state of parsing: where it stands, and how deep.
pub(super) struct Parser<'s, 'l> {
    pub(super) text: &'s str,
    pub(super) at: usize,
    /// Where the text ends: its own end, or that of a part that is looked at by itself.
    pub(super) end: usize,
    pub(super) source: u32,
    pub(super) limits: &'l Limits,
    pub(super) depth: usize,
    pub(super) globals: Vec<(Cow<'s, str>, Span)>,
}

impl<'s, 'l> Parser<'s, 'l> {
    pub(super) fn new(text: &'s str, source: u32, limits: &'l Limits) -> Self {
        let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Self { text, at, end: text.len(), source, limits, depth: 0, globals: Vec::new() }
    }

    pub(super) fn rest(&self) -> &'s str {
        self.text.get(self.at..self.end).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.peek_at(0)
    }

    pub(super) fn peek_at(&self, offset: usize) -> Option<u8> {
        let at = self.at + offset;
        if at < self.end { self.text.as_bytes().get(at).copied() } else { None }
    }

    pub(super) fn starts_with(&self, prefix: &str) -> bool {
        self.rest().starts_with(prefix)
    }

    /// Goes on if this byte is next.
    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let next = self.peek() == Some(byte);
        self.at += usize::from(next);
        next
    }

    pub(super) fn slice(&self, from: usize, to: usize) -> &'s str {
        self.text.get(from..to).unwrap_or_default()
    }

    pub(super) fn span(&self, from: usize, to: usize) -> Span {
        Span::new(self.source, from, to)
    }

    pub(super) fn span_from(&self, from: usize) -> Span {
        self.span(from, self.at)
    }

    pub(super) fn fault(&self, from: usize, kind: ErrorKind) -> Fault {
        Fault::new(self.span_from(from), kind)
    }

    /// A fault of the character that is next.
    pub(super) fn fault_here(&self, kind: ErrorKind) -> Fault {
        let width = self.rest().chars().next().map_or(0, char::len_utf8);
        Fault::new(self.span(self.at, self.at + width), kind)
    }

    /// Passes over spaces and tabs.
    pub(super) fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t')) {
            self.at += 1;
        }
    }

    /// Passes over spaces, tabs, line ends and comments; within parentheses a line's end means nothing.
    pub(super) fn skip_space(&mut self) {
        loop {
            self.skip_blanks();
            match self.peek() {
                Some(b'#') => self.at += self.line_length(),
                _ if self.eat_line_end() => {}
                _ => return,
            }
        }
    }

    pub(super) fn at_line_end(&self) -> bool {
        match self.peek() {
            None | Some(b'\n') => true,
            Some(b'\r') => self.peek_at(1) == Some(b'\n'),
            _ => false,
        }
    }

    /// Goes beyond the end of the line if it is next; false at the end of the text.
    pub(super) fn eat_line_end(&mut self) -> bool {
        if self.peek() == Some(b'\r') && self.peek_at(1) == Some(b'\n') {
            self.at += 1;
        }
        self.eat(b'\n')
    }

    /// The bytes up to the end of the line.
    pub(super) fn line_length(&self) -> usize {
        let rest = self.rest();
        let line = rest.find('\n').map_or(rest, |at| rest.split_at(at).0);
        line.strip_suffix('\r').unwrap_or(line).len()
    }

    /// Where the line begins that this byte is in.
    pub(super) fn line_start(&self, at: usize) -> usize {
        self.slice(0, at).rfind('\n').map_or(0, |end| end + 1)
    }

    /// Reads the comment that is next, of a marker of so many bytes.
    pub(super) fn comment(&mut self, marker: usize) -> Outcome<Comment<'s>> {
        let (start, length) = (self.at, self.line_length());
        let text = self.slice(start + marker, start + length);
        if let Some((at, c)) = text.char_indices().find(|(_, c)| c.is_control() && *c != '\t') {
            let at = start + marker + at;
            let kind = ErrorKind::ControlCharacter { code: c.into() };
            return Err(Fault::new(self.span(at, at + c.len_utf8()), kind));
        }
        self.at += length;
        let text = text.strip_prefix(' ').unwrap_or(text);
        Ok(Comment { text: Cow::Borrowed(text.trim_end()) })
    }

    /// Reads the comment behind a value or a brace, if there is one.
    pub(super) fn comment_behind(&mut self) -> Outcome<Option<Comment<'s>>> {
        self.skip_blanks();
        if self.starts_with("//") {
            return Err(self.fault_here(ErrorKind::CommentAfterValue));
        }
        if self.peek() != Some(b'#') {
            return Ok(None);
        }
        let before = self.at.checked_sub(1).and_then(|at| self.text.as_bytes().get(at));
        if matches!(
            before,
            Some(b' ' | b'\t' | b'{' | b'[' | b'}' | b']' | b',' | b';' | b'>' | b'<' | b':' | b'=' | b'-')
        ) {
            return self.comment(1).map(Some);
        }
        Err(self.fault_here(ErrorKind::HashWithoutBlank))
    }

    /// Reads what is one level deeper.
    pub(super) fn deeper<T>(&mut self, start: usize, read: impl FnOnce(&mut Self) -> Outcome<T>) -> Outcome<T> {
        if self.depth >= self.limits.depth {
            return Err(self.fault(start, ErrorKind::TooDeep { most: self.limits.depth }));
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    /// What stands here, for a message.
    pub(super) fn found(&self) -> String {
        match self.rest().chars().next() {
            None => "the end of the file".to_owned(),
            Some('\n' | '\r') => "the end of the line".to_owned(),
            Some(c) if c.is_control() => c.escape_default().to_string(),
            Some(_) => {
                let line = self.rest().lines().next().unwrap_or_default();
                let word = line.split([' ', '\t', ',', ';']).next().filter(|word| !word.is_empty());
                crate::error::shortened(word.unwrap_or(line.get(..1).unwrap_or_default()))
            }
        }
    }

    /// A fault for a control character, if one is next.
    pub(super) fn check_control(&self) -> Outcome<()> {
        match self.rest().chars().next() {
            Some(c) if c.is_control() && !matches!(c, '\t' | '\n') && !self.at_line_end() => {
                Err(self.fault_here(ErrorKind::ControlCharacter { code: c.into() }))
            }
            _ => Ok(()),
        }
    }
}
