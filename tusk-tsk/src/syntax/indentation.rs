//! Tables and lists made of deeper lines.
//!
//! Only here does the width of a line's indentation mean something, so only here is a tab a fault.

use super::cursor::Parser;
use super::statement::{Within, bare_length};
use super::{Comment, Element, Expression, ExpressionKind, Item, Key};
use crate::error::{ErrorKind, Fault, Outcome};

/// The next line that is neither empty nor a comment.
struct Line {
    /// Its indentation in bytes, which are all spaces.
    column: usize,
    /// Where its text begins.
    at: usize,
}

impl<'s> Parser<'s, '_> {
    /// Reads the lines below `key:` that are indented deeper than the key.
    pub(super) fn lines_below(&mut self, start: usize, key: &Key<'s>) -> Outcome<Expression<'s>> {
        let column = start - self.line_start(start);
        match self.next_line(column)? {
            Some(line) if line.column > column => self.deeper(start, |parser| parser.lines(&line, column)),
            _ => {
                let kind = ErrorKind::MissingValue { key: key.first.name.clone().into_owned() };
                Err(Fault::new(key.span(), kind))
            }
        }
    }

    /// Finds the next line without going there; it stands at the end of one. A tab in its indentation is a fault if
    /// the line could be a deeper one.
    fn next_line(&self, parent: usize) -> Outcome<Option<Line>> {
        let mut at = self.at;
        loop {
            let Some(end) = self.slice(at, self.end).find('\n') else { return Ok(None) };
            let start = at + end + 1;
            let line = self.slice(start, self.end);
            let text = line.trim_start_matches([' ', '\t']);
            let begin = start + (line.len() - text.len());
            let empty = text.is_empty() || text.starts_with('\n') || text.starts_with("\r\n");
            if !empty && !text.starts_with('#') && !text.starts_with("//") {
                if text.starts_with(['}', '<', ']']) || (text.starts_with('[') && begin - start <= parent) {
                    return Ok(None);
                }
                if let Some(tab) = self.slice(start, begin).find('\t') {
                    let tab = start + tab;
                    return Err(Fault::new(self.span(tab, tab + 1), ErrorKind::TabIndentation));
                }
                return Ok(Some(Line { column: begin - start, at: begin }));
            }
            at = begin;
        }
    }

    /// Reads the block that begins with a line.
    fn lines(&mut self, line: &Line, parent: usize) -> Outcome<Expression<'s>> {
        if self.is_item(line.at) {
            let mut elements = Vec::new();
            self.go_to(line, |comment| elements.push(Element::Comment(comment)))?;
            self.items_of_list(line.column, parent, elements)
        } else {
            let mut items = Vec::new();
            self.go_to(line, |comment| items.push(Item::Comment(comment)))?;
            self.pairs(line.column, parent, items)
        }
    }

    fn is_item(&self, at: usize) -> bool {
        let mut bytes = self.slice(at, self.end).bytes();
        bytes.next() == Some(b'-') && matches!(bytes.next(), None | Some(b' ' | b'\t' | b'\n' | b'\r'))
    }

    /// Goes to a line, and hands over the comments before it.
    fn go_to(&mut self, line: &Line, mut put: impl FnMut(Comment<'s>)) -> Outcome<()> {
        while self.at < line.at {
            self.skip_blanks();
            match self.peek() {
                Some(b'#') => put(self.comment(1)?),
                Some(b'/') if self.starts_with("//") => put(self.comment(2)?),
                _ => {
                    if !self.eat_line_end() {
                        break;
                    }
                }
            }
        }
        self.at = line.at;
        Ok(())
    }

    /// The next line of a block, if it has one more.
    fn another(&self, column: usize, parent: usize) -> Outcome<Option<Line>> {
        if !self.at_line_end() {
            return Ok(None);
        }
        let Some(line) = self.next_line(parent)? else { return Ok(None) };
        if line.column <= parent {
            return Ok(None);
        }
        if line.column == column {
            return Ok(Some(line));
        }
        let at = self.span(line.at - line.column, line.at);
        Err(Fault::new(at, ErrorKind::Indentation { found: line.column, expected: column }))
    }

    /// Reads the pairs of a block; it stands at the first.
    fn pairs(&mut self, column: usize, parent: usize, mut items: Vec<Item<'s>>) -> Outcome<Expression<'s>> {
        let start = self.at;
        loop {
            items.push(self.item(Within::Lines)?);
            let end = self.at;
            match self.another(column, parent)? {
                Some(line) => self.go_to(&line, |comment| items.push(Item::Comment(comment)))?,
                None => return Ok(Expression::new(ExpressionKind::Table(items), self.span(start, end))),
            }
        }
    }

    /// Reads the items of a list; it stands at the first.
    fn items_of_list(
        &mut self,
        column: usize,
        parent: usize,
        mut elements: Vec<Element<'s>>,
    ) -> Outcome<Expression<'s>> {
        let start = self.at;
        loop {
            if !self.is_item(self.at) {
                return Err(self.fault_here(ErrorKind::ListItem));
            }
            elements.push(self.item_of_list(column)?);
            let end = self.at;
            match self.another(column, parent)? {
                Some(line) => self.go_to(&line, |comment| elements.push(Element::Comment(comment)))?,
                None => return Ok(Expression::new(ExpressionKind::List(elements), self.span(start, end))),
            }
        }
    }

    /// Reads what stands behind a `-`: a value, a table that begins in this line, or deeper lines.
    fn item_of_list(&mut self, column: usize) -> Outcome<Element<'s>> {
        let dash = self.at;
        self.at += 1;
        let comment = self.comment_behind()?;
        if comment.is_some() || self.at_line_end() {
            let Some(line) = self.next_line(column)?.filter(|line| line.column > column) else {
                return Err(Fault::new(self.span(dash, dash + 1), ErrorKind::MissingElement));
            };
            let value = self.deeper(dash, |parser| parser.lines(&line, column))?;
            return Ok(Element::Value(value, comment));
        }
        let own = self.at - self.line_start(self.at);
        if self.is_item(self.at) {
            let value = self.deeper(dash, |parser| parser.items_of_list(own, column, Vec::new()))?;
            return Ok(Element::Value(value, None));
        }
        if self.is_pair() {
            let value = self.deeper(dash, |parser| parser.pairs(own, column, Vec::new()))?;
            return Ok(Element::Value(value, None));
        }
        let value = self.expression()?;
        self.skip_blanks();
        self.eat(b';');
        let comment = self.comment_behind()?;
        self.check_control()?;
        if self.at_line_end() || self.peek() == Some(b'}') {
            return Ok(Element::Value(value, comment));
        }
        Err(self.text_after(&value))
    }

    /// Whether a key follows, and not a value: `name: x`, `name = x`, `name {`.
    fn is_pair(&self) -> bool {
        let rest = self.slice(self.at, self.at + self.line_length());
        let after = match rest.chars().next() {
            Some(quote @ ('"' | '\'')) => rest.get(1..).and_then(|rest| rest.split_once(quote)).map(|(_, after)| after),
            _ => rest.get(bare_length(rest)..).filter(|after| after.len() < rest.len()),
        };
        let Some(after) = after else { return false };
        // Further parts of a dotted key.
        let after = if after.starts_with('.') {
            after.trim_start_matches(|c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '"' | '\''))
        } else {
            after
        };
        let close = after.trim_start_matches([' ', '\t']);
        match close.as_bytes() {
            [b':'] | [b':', b' ' | b'\t', ..] | [b'{', ..] => true,
            [b'=', b' ' | b'\t', ..] => close.len() < after.len(),
            _ => false,
        }
    }
}
