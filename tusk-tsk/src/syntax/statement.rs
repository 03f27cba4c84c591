//! Statements: comments, sections, and keys with what follows them.

use std::borrow::Cow;

use super::cursor::Parser;
use super::{Comment, Document, Expression, ExpressionKind, Form, Item, Key, Pair, Part, Section};
use crate::error::{ErrorKind, Fault, Outcome};
use crate::limits::Limits;

/// The first words of lines that run something in other readers.
const DIRECTIVES: [&str; 9] = ["api", "web", "cron", "cli", "middleware", "auth", "cache", "rate-limit", "custom"];

/// Reads a whole file.
pub(crate) fn parse<'s>(text: &'s str, source: u32, limits: &Limits) -> Outcome<Document<'s>> {
    let mut parser = Parser::new(text, source, limits);
    let most = limits.size.min(u32::MAX as usize);
    if text.len() > most {
        let at = parser.span(0, 0);
        return Err(Fault::new(at, ErrorKind::FileTooLarge { size: text.len(), most }));
    }
    let items = parser.document()?;
    Ok(Document { items, globals: parser.globals })
}

/// What ends the statements that are being read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    /// The file, or a section of it.
    File,
    /// `{` … `}`
    Braces,
    /// `>` … `<`
    Angles,
    /// Deeper lines.
    Lines,
}

impl<'s> Parser<'s, '_> {
    fn document(&mut self) -> Outcome<Vec<Item<'s>>> {
        let mut items = self.items(Within::File)?;
        while self.peek().is_some() {
            let mut section = self.section()?;
            let about_next = if self.peek().is_some() { comments_at_end(&mut section.items) } else { Vec::new() };
            items.push(Item::Section(section));
            items.extend(about_next);
        }
        Ok(items)
    }

    /// Reads statements up to what ends them, which is left to be read.
    pub(super) fn items(&mut self, within: Within) -> Outcome<Vec<Item<'s>>> {
        let mut items = Vec::new();
        loop {
            self.skip_blanks();
            match self.peek() {
                None => return Ok(items),
                Some(b'}') if within == Within::Braces => return Ok(items),
                Some(b'<') if within == Within::Angles => return Ok(items),
                Some(b'[') if within == Within::File => return Ok(items),
                Some(b'\n' | b'\r') if self.at_line_end() => self.empty_lines(&mut items),
                _ => {
                    let item = self.item(within)?;
                    items.push(item);
                }
            }
        }
    }

    /// Passes over the end of a line, and notes if empty lines follow.
    fn empty_lines(&mut self, items: &mut Vec<Item<'s>>) {
        let first =
            self.at == self.line_start(self.at) || self.slice(self.line_start(self.at), self.at).trim().is_empty();
        self.eat_line_end();
        if first && !matches!(items.last(), None | Some(Item::Blank)) {
            items.push(Item::Blank);
        }
    }

    /// Reads one statement, with the separator and the comment behind it.
    pub(super) fn item(&mut self, within: Within) -> Outcome<Item<'s>> {
        match self.peek() {
            Some(b'#') => self.hash().map(Item::Comment),
            Some(b'/') if self.starts_with("//") => self.comment(2).map(Item::Comment),
            Some(b'[') => Err(self.fault_here(ErrorKind::SectionInBlock)),
            Some(b'}') => Err(self.fault_here(ErrorKind::Unopened { closer: '}', opener: "{" })),
            Some(b'<') => Err(self.fault_here(ErrorKind::Unopened { closer: '<', opener: "name >" })),
            Some(b']') => Err(self.fault_here(ErrorKind::Unopened { closer: ']', opener: "[" })),
            Some(b'@') => {
                let start = self.at;
                let name = self.operator_name();
                let kind = ErrorKind::DynamicOperator { name: name.to_owned() };
                Err(if name.is_empty() { self.expected_key() } else { self.fault(start, kind) })
            }
            Some(b'-') if matches!(self.peek_at(1), None | Some(b' ' | b'\t' | b'\n' | b'\r')) => {
                Err(self.fault_here(ErrorKind::ListItem))
            }
            _ => self.pair(within).map(Item::Pair),
        }
    }

    /// Reads a line that begins with `#`: a comment, unless it would run something elsewhere.
    fn hash(&mut self) -> Outcome<Comment<'s>> {
        let start = self.at;
        let line = self.slice(start + 1, start + self.line_length());
        let (called, rest) = match line.strip_prefix('!') {
            Some(rest) => (true, rest),
            None => (false, line),
        };
        let word = rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').next().unwrap_or_default();
        let after = rest.split_at(word.len()).1;
        let known = DIRECTIVES.contains(&word) && matches!(after.bytes().next(), None | Some(b' ' | b'\t' | b'{'));
        if !word.is_empty() && (called || known) {
            let mark = if called { "!" } else { "" };
            let end = start + 1 + mark.len() + word.len();
            let kind = ErrorKind::Directive { word: format!("{mark}{word}") };
            return Err(Fault::new(self.span(start, end), kind));
        }
        self.comment(1)
    }

    fn expected_key(&self) -> Fault {
        self.fault_here(ErrorKind::ExpectedKey { found: self.found() })
    }

    /// Reads `[path]` and what follows up to the next one.
    fn section(&mut self) -> Outcome<Section<'s>> {
        let start = self.at;
        self.at += 1;
        if self.peek() == Some(b'[') {
            self.at += 1;
            return Err(self.fault(start, ErrorKind::DoubleSection));
        }
        self.skip_blanks();
        let key = self.key()?;
        self.skip_blanks();
        if self.at_line_end() {
            return Err(Fault::new(self.span(start, start + 1), ErrorKind::Unclosed { opener: "[", closer: "]" }));
        }
        if !self.eat(b']') {
            return Err(self.fault_here(ErrorKind::UnexpectedText { found: self.found() }));
        }
        let comment = self.comment_behind()?;
        self.expect_line_end()?;
        let depth = key.rest.len() + 1;
        self.depth += depth;
        if self.depth > self.limits.depth {
            return Err(Fault::new(key.span(), ErrorKind::TooDeep { most: self.limits.depth }));
        }
        let items = self.items(Within::File)?;
        self.depth -= depth;
        Ok(Section { key, comment, items })
    }

    fn expect_line_end(&mut self) -> Outcome<()> {
        self.check_control()?;
        if self.at_line_end() {
            Ok(())
        } else {
            Err(self.fault_here(ErrorKind::UnexpectedText { found: self.found() }))
        }
    }

    /// Reads a key and what follows it.
    pub(super) fn pair(&mut self, within: Within) -> Outcome<Pair<'s>> {
        let start = self.at;
        let global = self.eat(b'$');
        let key = self.key()?;
        let deeper = key.rest.len();
        self.depth += deeper;
        self.skip_blanks();
        let pair = match self.peek() {
            Some(b':' | b'=') => {
                self.at += 1;
                let form = if global { Form::Global } else { Form::Value };
                self.assigned(start, key, form, within)?
            }
            Some(b'{') if !global => {
                let (value, comment) = self.block()?;
                self.finish(key, Form::Block, value, comment, within)?
            }
            Some(b'>') if !global => {
                let (value, comment) = self.angles()?;
                self.finish(key, Form::Block, value, comment, within)?
            }
            Some(b'(') => {
                return Err(self.fault(start, ErrorKind::Call { name: self.slice(start, self.at).to_owned() }));
            }
            _ => {
                let key = self.slice(start, key.span().range().end).to_owned();
                return Err(self.fault(start, ErrorKind::ExpectedAssignment { key }));
            }
        };
        self.depth -= deeper;
        if global {
            let span = self.span(start, pair.key.span().range().end);
            if let Some(part) = pair.key.rest.first() {
                return Err(Fault::new(part.span, ErrorKind::UnexpectedText { found: format!(".{}", part.name) }));
            }
            self.globals.push((pair.key.first.name.clone(), span));
        }
        Ok(pair)
    }

    /// Reads the value behind `:` or `=`.
    fn assigned(&mut self, start: usize, key: Key<'s>, form: Form, within: Within) -> Outcome<Pair<'s>> {
        let comment = self.comment_behind()?;
        if comment.is_some() || self.at_line_end() {
            let value = self.lines_below(start, &key)?;
            return Ok(Pair { key, form, value, comment });
        }
        if let Some(b'}' | b';' | b',') = self.peek() {
            let kind = ErrorKind::MissingValue { key: key.first.name.clone().into_owned() };
            return Err(Fault::new(key.span(), kind));
        }
        if self.peek() == Some(b'{') {
            let (value, comment) = self.block()?;
            return self.finish(key, form, value, comment, within);
        }
        let value = self.expression()?;
        self.finish(key, form, value, None, within)
    }

    /// Reads what may follow a value: a separator, a comment, and then the end of the line or of the block.
    fn finish(
        &mut self,
        key: Key<'s>,
        form: Form,
        value: Expression<'s>,
        mut comment: Option<Comment<'s>>,
        within: Within,
    ) -> Outcome<Pair<'s>> {
        self.skip_blanks();
        let separated = self.eat(b';') || (within == Within::Braces && self.eat(b','));
        if let Some(behind) = self.comment_behind()? {
            comment = Some(match comment {
                None => behind,
                Some(first) => Comment { text: Cow::Owned(format!("{} {}", first.text, behind.text)) },
            });
        }
        self.check_control()?;
        let ended = self.at_line_end()
            || match within {
                Within::Braces => separated || self.peek() == Some(b'}'),
                // Deeper lines may end where the braces around them do.
                Within::Lines => self.peek() == Some(b'}'),
                Within::File | Within::Angles => false,
            };
        if ended {
            return Ok(Pair { key, form, value, comment });
        }
        if within == Within::Braces && !value.is_word() {
            return Err(self.fault_here(ErrorKind::MissingComma));
        }
        if separated {
            return Err(self.fault_here(ErrorKind::UnexpectedText { found: self.found() }));
        }
        Err(self.text_after(&value))
    }

    /// The fault of text behind a value.
    pub(super) fn text_after(&self, value: &Expression<'s>) -> Fault {
        if !value.is_word() || !matches!(self.text.as_bytes().get(self.at - 1), Some(b' ' | b'\t')) {
            return self.fault_here(ErrorKind::UnexpectedText { found: self.found() });
        }
        let start = value.span.range().start;
        let line = self.slice(start, self.at + self.line_length());
        let text = line.split(" #").next().unwrap_or(line).trim_end();
        let text = text.strip_suffix(';').unwrap_or(text);
        Fault::new(self.span(start, start + text.len()), ErrorKind::UnquotedBlanks { text: text.to_owned() })
    }

    /// Reads a key: parts with dots between.
    pub(super) fn key(&mut self) -> Outcome<Key<'s>> {
        let start = self.at;
        let first = self.part()?;
        let mut rest = Vec::new();
        while self.eat(b'.') {
            rest.push(self.part()?);
        }
        if self.depth + rest.len() > self.limits.depth {
            return Err(self.fault(start, ErrorKind::TooDeep { most: self.limits.depth }));
        }
        Ok(Key { first, rest })
    }

    fn part(&mut self) -> Outcome<Part<'s>> {
        let start = self.at;
        let name = match self.peek() {
            Some(b'"' | b'\'') => self.key_in_quotes()?,
            _ => Cow::Borrowed(self.bare_key()),
        };
        let span = self.span_from(start);
        if self.at == start {
            self.check_control()?;
            return Err(self.expected_key());
        }
        if name.len() > self.limits.key {
            let kind = ErrorKind::KeyTooLong { length: name.len(), most: self.limits.key };
            return Err(Fault::new(span, kind));
        }
        Ok(Part { name, span })
    }

    fn bare_key(&mut self) -> &'s str {
        let rest = self.rest();
        let length = bare_length(rest);
        self.at += length;
        rest.split_at(length).0
    }
}

/// Takes the comments away that stand right above what follows: they are about that.
fn comments_at_end<'s>(items: &mut Vec<Item<'s>>) -> Vec<Item<'s>> {
    let others = items.iter().rposition(|item| !matches!(item, Item::Comment(_))).map_or(0, |last| last + 1);
    items.split_off(others)
}

/// The bytes at the beginning of a text that can stand in a key without quotes.
pub(super) fn bare_length(text: &str) -> usize {
    let ascii = text.bytes().position(|byte| !is_key_byte(byte)).unwrap_or(text.len());
    match text.as_bytes().get(ascii) {
        Some(byte) if !byte.is_ascii() => {
            let fits = |c: char| c.is_alphanumeric() || u8::try_from(c).is_ok_and(is_key_byte);
            text.find(|c| !fits(c)).unwrap_or(text.len())
        }
        _ => ascii,
    }
}

fn is_key_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

impl Expression<'_> {
    /// Whether it is written without quotes, so that what follows may have been meant as a part of it.
    pub(super) fn is_word(&self) -> bool {
        use ExpressionKind::{Boolean, Float, Integer, Null, Range, Word};
        matches!(self.kind, Word(_) | Null | Boolean(_) | Integer(_) | Float(_) | Range(..))
    }
}
