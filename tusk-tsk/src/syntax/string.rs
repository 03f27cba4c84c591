//! Texts in quotes.

use std::borrow::Cow;

use super::cursor::Parser;
use super::{Expression, ExpressionKind, Piece};
use crate::error::{ErrorKind, Fault, Outcome};

impl<'s> Parser<'s, '_> {
    /// Reads a text in quotes; one that is exactly a call of `@env` is that call.
    pub(super) fn string(&mut self) -> Outcome<Expression<'s>> {
        let start = self.at;
        if self.starts_with("\"\"\"") {
            return self.lines_of_text();
        }
        let raw = self.peek() == Some(b'\'');
        let (from, to) = self.quoted()?;
        let span = self.span_from(start);
        let text = self.slice(from, to);
        if text.starts_with("@env")
            && let Some(call) = self.call_in(from, to)?
        {
            return Ok(Expression::new(call.kind, span));
        }
        let kind = if raw || !text.contains(['\\', '$']) {
            ExpressionKind::Text(Cow::Borrowed(text))
        } else {
            self.pieces(from, to)?
        };
        Ok(Expression::new(kind, span))
    }

    /// Reads a key in quotes.
    pub(super) fn key_in_quotes(&mut self) -> Outcome<Cow<'s, str>> {
        let raw = self.peek() == Some(b'\'');
        let (from, to) = self.quoted()?;
        let text = self.slice(from, to);
        if raw || !text.contains('\\') { Ok(Cow::Borrowed(text)) } else { self.unescaped(from, to).map(Cow::Owned) }
    }

    /// Goes behind a text in quotes, and returns where it begins and ends within them.
    pub(super) fn quoted(&mut self) -> Outcome<(usize, usize)> {
        let start = self.at;
        let double = self.peek() == Some(b'"');
        let quote = if double { b'"' } else { b'\'' };
        let bytes = self.text.as_bytes();
        let mut at = start + 1;
        while at < self.end {
            match bytes.get(at) {
                Some(byte) if *byte == quote => {
                    self.at = at + 1;
                    return Ok((start + 1, at));
                }
                Some(b'\\') if double => at += 2,
                None | Some(b'\n') => break,
                Some(b'\t' | b' '..=b'~') => at += 1,
                // U+0080 to U+009F, in UTF-8.
                Some(0xc2) if bytes.get(at + 1).is_some_and(|byte| *byte < 0xa0) => {
                    let code = bytes.get(at + 1).map_or(0, |byte| u32::from(*byte));
                    return Err(Fault::new(self.span(at, at + 2), ErrorKind::ControlCharacter { code }));
                }
                Some(byte) if *byte >= 0x80 => at += 1,
                Some(b'\r') if bytes.get(at + 1) == Some(&b'\n') => break,
                Some(byte) => {
                    let kind = ErrorKind::ControlCharacter { code: u32::from(*byte) };
                    return Err(Fault::new(self.span(at, at + 1), kind));
                }
            }
        }
        let quote = if double { "\"" } else { "'" };
        Err(Fault::new(self.span(start, start + 1), ErrorKind::Unclosed { opener: quote, closer: quote }))
    }

    /// Reads `"""` … `"""`: its lines as they are. The line ends beside the quotes are not a part of it.
    fn lines_of_text(&mut self) -> Outcome<Expression<'s>> {
        const QUOTES: &str = "\"\"\"";
        let start = self.at;
        let from = start + QUOTES.len();
        let Some(length) = self.slice(from, self.end).find(QUOTES) else {
            let opener = self.span(start, from);
            return Err(Fault::new(opener, ErrorKind::Unclosed { opener: QUOTES, closer: QUOTES }));
        };
        self.at = from + length + QUOTES.len();
        let text = self.slice(from, from + length);
        let allowed = |c: char| !c.is_control() || matches!(c, '\t' | '\n');
        let alone = |at: usize| text.get(at + 1..).is_none_or(|rest| !rest.starts_with('\n'));
        if let Some((at, c)) = text.char_indices().find(|(at, c)| !allowed(*c) && (*c != '\r' || alone(*at))) {
            let at = from + at;
            return Err(Fault::new(self.span(at, at + 1), ErrorKind::ControlCharacter { code: c.into() }));
        }
        let text = text.split_once('\n').filter(|(first, _)| first.trim().is_empty()).map_or(text, |(_, rest)| rest);
        let text = match text.rsplit_once('\n') {
            Some((rest, last)) if last.trim().is_empty() => rest.strip_suffix('\r').unwrap_or(rest),
            _ => text,
        };
        let text = if text.contains('\r') { Cow::Owned(text.replace("\r\n", "\n")) } else { Cow::Borrowed(text) };
        Ok(Expression::new(ExpressionKind::Text(text), self.span_from(start)))
    }

    /// Divides a text in double quotes into what stands there and what is filled in.
    fn pieces(&self, from: usize, to: usize) -> Outcome<ExpressionKind<'s>> {
        let mut pieces = Vec::new();
        let mut at = from;
        // A `$` that is written as an escape begins no name, so the text is looked at before escapes are.
        while let Some(start) = self.next_name(at, to) {
            self.push_text(&mut pieces, at, start)?;
            let Some(length) = self.slice(start, to).find('}') else {
                return Err(Fault::new(self.span(start, to), ErrorKind::Interpolation));
            };
            let end = start + length + 1;
            let inner = self.slice(start + 2, end - 1);
            let (name, default) = match inner.split_once(":-") {
                Some((name, default)) => (name, Some(default)),
                None => (inner, None),
            };
            if !is_path(name) || default.is_some_and(|default| default.contains("${")) {
                return Err(Fault::new(self.span(start, end), ErrorKind::Interpolation));
            }
            let default = match default {
                Some(_) => {
                    let from = start + 2 + name.len() + 2;
                    Some(self.unescaped(from, end - 1).map(Cow::Owned)?)
                }
                None => None,
            };
            pieces.push(Piece::Name { name: Cow::Borrowed(name), default, span: self.span(start, end) });
            at = end;
        }
        if pieces.is_empty() {
            return self.unescaped(from, to).map(|text| ExpressionKind::Text(Cow::Owned(text)));
        }
        self.push_text(&mut pieces, at, to)?;
        Ok(ExpressionKind::Template(pieces))
    }

    fn push_text(&self, pieces: &mut Vec<Piece<'s>>, from: usize, to: usize) -> Outcome<()> {
        if from < to {
            pieces.push(Piece::Text(Cow::Owned(self.unescaped(from, to)?)));
        }
        Ok(())
    }

    /// Where the next `${` begins.
    fn next_name(&self, from: usize, to: usize) -> Option<usize> {
        let mut bytes = self.slice(from, to).bytes().enumerate().peekable();
        while let Some((at, byte)) = bytes.next() {
            match byte {
                b'\\' => {
                    bytes.next();
                }
                b'$' if bytes.peek().is_some_and(|(_, next)| *next == b'{') => return Some(from + at),
                _ => {}
            }
        }
        None
    }

    /// A part of a text in double quotes with its escapes replaced.
    fn unescaped(&self, from: usize, to: usize) -> Outcome<String> {
        let text = self.slice(from, to);
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('\\') {
            out.push_str(before);
            let start = to - after.len() - 1;
            let found = after.chars().next().unwrap_or('\n');
            let mut length = found.len_utf8();
            out.push(match found {
                '"' | '\\' => found,
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                'u' => {
                    let digits =
                        after.get(1..).and_then(|rest| rest.strip_prefix('{')).and_then(|rest| rest.split_once('}'));
                    let hexadecimal =
                        |digits: &&str| digits.len() <= 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
                    let digits = digits.map(|(digits, _)| digits).filter(hexadecimal);
                    let number = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
                    let Some(c) = number.and_then(char::from_u32) else {
                        return Err(Fault::new(self.span(start, start + 2), ErrorKind::UnicodeEscape));
                    };
                    length += digits.map_or(0, str::len) + 2;
                    c
                }
                found => {
                    let span = self.span(start, start + 1 + length);
                    return Err(Fault::new(span, ErrorKind::UnknownEscape { found }));
                }
            });
            rest = after.get(length..).unwrap_or_default();
        }
        out.push_str(rest);
        Ok(out)
    }
}

/// Whether a text is a name, or names with dots between.
fn is_path(text: &str) -> bool {
    text.split('.').all(|part| !part.is_empty() && super::statement::bare_length(part) == part.len())
}
