//! What begins with `@`: the few operators that change nothing, and the refusal of all others.

use std::borrow::Cow;

use super::cursor::Parser;
use super::{Choice, Expression, ExpressionKind};
use crate::error::{ErrorKind, Fault, Outcome};

const VARIABLE: &str = "a variable's name in quotes, and a default if there is to be one";
const SECRET: &str = "a secret's name in quotes, and nothing else";
const CHOICE: &str = "a condition and two values";
const PATH: &str = "a path in quotes, and nothing else";

impl<'s> Parser<'s, '_> {
    /// Reads an operator with its arguments.
    pub(super) fn operator(&mut self) -> Outcome<Expression<'s>> {
        let start = self.at;
        let name = self.operator_name();
        match name {
            "" => Err(self.fault(start, ErrorKind::UnexpectedText { found: "@".to_owned() })),
            "env" => self.variable(start, false),
            "env.secure" => self.variable(start, true),
            "if" => self.choice_call(start),
            _ => match name.strip_suffix(".tsk.get") {
                Some(file) if !file.contains('.') && !file.is_empty() => self.other(start, file),
                _ => Err(self.fault(start, ErrorKind::DynamicOperator { name: name.to_owned() })),
            },
        }
    }

    /// Goes behind `@name`, and returns the name.
    pub(super) fn operator_name(&mut self) -> &'s str {
        let rest = self.rest().get(1..).unwrap_or_default();
        let length = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))).unwrap_or(rest.len());
        let name = rest.split_at(length).0.trim_end_matches('.');
        self.at += 1 + name.len();
        name
    }

    /// Reads the arguments of `@env` or `@env.secure`.
    pub(super) fn variable(&mut self, start: usize, secret: bool) -> Outcome<Expression<'s>> {
        let call = self.span_from(start);
        let expected = if secret { SECRET } else { VARIABLE };
        let operator = self.slice(start, self.at).to_owned();
        let wrong = || Fault::new(call, ErrorKind::Arguments { operator: operator.clone(), expected });
        self.open(call, expected)?;
        let name = self.argument_in_quotes().ok_or_else(wrong)?;
        if name.is_empty() || name.contains(['=', '\0']) {
            return Err(wrong());
        }
        self.skip_space();
        let mut default = None;
        if self.eat(b',') {
            if secret {
                // Before anything behind the comma is looked at: no error is to show it.
                return Err(Fault::new(call, ErrorKind::SecretDefault));
            }
            self.skip_space();
            default = Some(Box::new(self.deeper(start, Self::expression)?));
        }
        self.close(start, wrong)?;
        let name = Cow::Borrowed(name);
        let kind = if secret { ExpressionKind::Secret(name) } else { ExpressionKind::Variable { name, default } };
        Ok(Expression::new(kind, self.span_from(start)))
    }

    /// Reads the arguments of `@if`.
    fn choice_call(&mut self, start: usize) -> Outcome<Expression<'s>> {
        let call = self.span_from(start);
        let wrong = || Fault::new(call, ErrorKind::Arguments { operator: "@if".to_owned(), expected: CHOICE });
        self.open(call, CHOICE)?;
        self.deeper(start, |parser| {
            let condition = parser.condition()?;
            parser.next_argument().ok_or_else(wrong)?;
            let value = parser.expression()?;
            parser.next_argument().ok_or_else(wrong)?;
            let other = parser.expression()?;
            parser.close(start, wrong)?;
            let choice = Choice { condition, value, other };
            Ok(Expression::new(ExpressionKind::Choice(Box::new(choice)), parser.span_from(start)))
        })
    }

    /// Reads the argument of `@other.tsk.get`.
    fn other(&mut self, start: usize, file: &'s str) -> Outcome<Expression<'s>> {
        let call = self.span_from(start);
        let operator = self.slice(start, self.at).to_owned();
        let wrong = || Fault::new(call, ErrorKind::Arguments { operator: operator.clone(), expected: PATH });
        self.open(call, PATH)?;
        let path = self.argument_in_quotes().filter(|path| !path.is_empty()).ok_or_else(wrong)?;
        self.close(start, wrong)?;
        let kind = ExpressionKind::Other { file: Cow::Borrowed(file), path: Cow::Borrowed(path) };
        Ok(Expression::new(kind, self.span_from(start)))
    }

    fn open(&mut self, call: crate::source::Span, expected: &'static str) -> Outcome<()> {
        if !self.eat(b'(') {
            let operator = self.slice(call.range().start, call.range().end).to_owned();
            return Err(Fault::new(call, ErrorKind::Arguments { operator, expected }));
        }
        self.skip_space();
        Ok(())
    }

    fn next_argument(&mut self) -> Option<()> {
        self.skip_space();
        let comma = self.eat(b',');
        self.skip_space();
        comma.then_some(())
    }

    fn close(&mut self, start: usize, wrong: impl Fn() -> Fault) -> Outcome<()> {
        self.skip_space();
        if self.eat(b')') {
            return Ok(());
        }
        if self.peek().is_none() {
            let opener = self.slice(start, self.end).find('(').map_or(start, |at| start + at);
            return Err(Fault::new(self.span(opener, opener + 1), ErrorKind::Unclosed { opener: "(", closer: ")" }));
        }
        Err(wrong())
    }

    /// A text in quotes without anything to replace in it.
    fn argument_in_quotes(&mut self) -> Option<&'s str> {
        if !matches!(self.peek(), Some(b'"' | b'\'')) {
            return None;
        }
        let (from, to) = self.quoted().ok()?;
        let text = self.slice(from, to);
        (!text.contains(['\\', '\n'])).then_some(text)
    }

    /// The call of `@env` that a text in quotes consists of, if it does.
    pub(super) fn call_in(&mut self, from: usize, to: usize) -> Outcome<Option<Expression<'s>>> {
        let (at, end, depth) = (self.at, self.end, self.depth);
        (self.at, self.end) = (from, to);
        let read = self.operator();
        let whole = self.at == to;
        (self.at, self.end, self.depth) = (at, end, depth);
        match read {
            Ok(call) if whole => Ok(Some(call)),
            // A secret in a text is refused, never repeated.
            Err(fault) if *fault.kind == ErrorKind::SecretDefault => Err(fault),
            _ => Ok(None),
        }
    }
}
