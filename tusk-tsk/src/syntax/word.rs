//! Values without quotes: `null`, booleans, numbers, ranges, and words.

use super::cursor::Parser;
use super::expression::Operand;
use super::{Expression, ExpressionKind};
use crate::error::{ErrorKind, Fault, Outcome};

impl<'s> Parser<'s, '_> {
    /// Reads a word, and finds out what it is.
    pub(super) fn word(&mut self, operand: Operand) -> Outcome<Expression<'s>> {
        let start = self.at;
        let rest = self.rest();
        let mut length = rest.bytes().position(ends_word).unwrap_or(rest.len());
        if operand == Operand::BeforeColon && length > 1 && rest.as_bytes().get(length - 1) == Some(&b':') {
            length -= 1;
        }
        let word = rest.split_at(length).0;
        if let Some((at, c)) = word.char_indices().find(|(_, c)| c.is_control()) {
            let span = self.span(start + at, start + at + c.len_utf8());
            return Err(Fault::new(span, ErrorKind::ControlCharacter { code: c.into() }));
        }
        self.at += length;
        if word.is_empty() {
            self.check_control()?;
            return Err(match self.peek() {
                None | Some(b'\n' | b'\r' | b',' | b')' | b';') => self.fault_here(ErrorKind::MissingElement),
                _ => self.fault_here(ErrorKind::UnexpectedText { found: self.found() }),
            });
        }
        match self.peek() {
            Some(b'(') if word == "env" => return self.variable(start, false),
            Some(b'(') => return Err(self.fault(start, ErrorKind::Call { name: word.to_owned() })),
            Some(b'"' | b'\'' | b'{' | b'[') => {
                let mut end = self.rest().bytes().position(|byte| byte.is_ascii_whitespace()).unwrap_or(0);
                end += self.at;
                let found = crate::error::shortened(self.slice(start, end.max(self.at + 1)));
                return Err(self.fault(start, ErrorKind::UnexpectedText { found }));
            }
            Some(b'#') => return Err(self.fault_here(ErrorKind::HashWithoutBlank)),
            _ => {}
        }
        let span = self.span_from(start);
        let kind = classified(word).map_err(|kind| Fault::new(span, kind))?;
        Ok(Expression::new(kind, span))
    }
}

/// Whether a byte ends a word.
fn ends_word(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'\t'
            | b'\n'
            | b'\r'
            | b','
            | b';'
            | b'"'
            | b'\''
            | b'#'
            | b'?'
            | b'<'
            | b'>'
            | b'('
            | b')'
            | b'['
            | b']'
            | b'{'
            | b'}'
    )
}

/// What a word is.
fn classified(word: &str) -> Result<ExpressionKind<'_>, ErrorKind> {
    match word {
        "null" => return Ok(ExpressionKind::Null),
        "true" => return Ok(ExpressionKind::Boolean(true)),
        "false" => return Ok(ExpressionKind::Boolean(false)),
        _ => {}
    }
    let digits = word.strip_prefix('-').unwrap_or(word);
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return Ok(ExpressionKind::Word(word.into()));
    }
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let outside = || ErrorKind::NumberOutside { found: crate::error::shortened(word) };
    if all_digits(digits) {
        check_zero(digits, word)?;
        return word.parse().map(ExpressionKind::Integer).map_err(|_| outside());
    }
    if let Some((whole, fraction)) = digits.split_once('.')
        && all_digits(whole)
        && all_digits(fraction)
    {
        check_zero(whole, word)?;
        let number = word.parse::<f64>().map_err(|_| outside())?;
        return if number.is_finite() { Ok(ExpressionKind::Float(number)) } else { Err(outside()) };
    }
    if let Some((from, to)) = word.split_once('-')
        && all_digits(from)
        && all_digits(to)
    {
        check_zero(from, word)?;
        check_zero(to, word)?;
        let bound = |text: &str| text.parse::<i64>().ok().and_then(|number| u64::try_from(number).ok());
        let (from, to) = (bound(from).ok_or_else(outside)?, bound(to).ok_or_else(outside)?);
        return if from <= to {
            Ok(ExpressionKind::Range(from, to))
        } else {
            Err(ErrorKind::RangeBackwards { from, to })
        };
    }
    Ok(ExpressionKind::Word(word.into()))
}

/// A zero before other digits: `007` may be a text, and `010` is eight to some.
fn check_zero(digits: &str, word: &str) -> Result<(), ErrorKind> {
    if digits.len() > 1 && digits.starts_with('0') {
        return Err(ErrorKind::LeadingZero { found: crate::error::shortened(word) });
    }
    Ok(())
}
