//! Values: operands, joined, compared and chosen from.

use super::cursor::Parser;
use super::{Choice, Comparison, Expression, ExpressionKind, Operator};
use crate::error::{ErrorKind, Fault, Outcome};

/// Where an operand stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Operand {
    /// Anywhere.
    Any,
    /// Between `?` and `:`, so that a `:` at the end of a word is not a part of it.
    BeforeColon,
}

impl<'s> Parser<'s, '_> {
    /// Reads a value.
    pub(super) fn expression(&mut self) -> Outcome<Expression<'s>> {
        self.choice(Operand::Any)
    }

    /// Reads a condition, or any value, for an argument of `@if`.
    pub(super) fn condition(&mut self) -> Outcome<Expression<'s>> {
        let left = self.joined(Operand::Any)?;
        self.compared(left)
    }

    fn choice(&mut self, operand: Operand) -> Outcome<Expression<'s>> {
        let start = self.at;
        let left = self.joined(operand)?;
        let left = self.compared(left)?;
        self.skip_blanks();
        if self.peek() != Some(b'?') {
            if matches!(left.kind, ExpressionKind::Comparison(_)) {
                return Err(Fault::new(left.span, ErrorKind::LoneComparison));
            }
            return Ok(left);
        }
        check_operand(&left)?;
        let question = self.at;
        self.at += 1;
        self.deeper(start, |parser| {
            parser.skip_blanks();
            let value = parser.choice(Operand::BeforeColon)?;
            parser.skip_blanks();
            if !parser.eat(b':') {
                return Err(Fault::new(parser.span(question, question + 1), ErrorKind::ChoiceWithoutElse));
            }
            parser.skip_blanks();
            let other = parser.choice(operand)?;
            let span = left.span.to(other.span);
            let choice = Choice { condition: left, value, other };
            Ok(Expression::new(ExpressionKind::Choice(Box::new(choice)), span))
        })
    }

    /// Reads the operator and the value behind it, if there is one.
    fn compared(&mut self, left: Expression<'s>) -> Outcome<Expression<'s>> {
        self.skip_blanks();
        let Some((symbol, operator)) = Operator::ALL.into_iter().find(|(symbol, _)| self.starts_with(symbol)) else {
            return Ok(left);
        };
        check_operand(&left)?;
        self.at += symbol.len();
        self.skip_blanks();
        let right = self.joined(Operand::Any)?;
        check_operand(&right)?;
        let span = left.span.to(right.span);
        Ok(Expression::new(ExpressionKind::Comparison(Box::new(Comparison { left, operator, right })), span))
    }

    fn joined(&mut self, operand: Operand) -> Outcome<Expression<'s>> {
        let first = self.operand(operand)?;
        self.skip_blanks();
        if self.peek() != Some(b'+') {
            return Ok(first);
        }
        check_operand(&first)?;
        let start = first.span;
        let mut operands = vec![first];
        while self.eat(b'+') {
            self.skip_blanks();
            let next = self.operand(operand)?;
            check_operand(&next)?;
            operands.push(next);
            self.skip_blanks();
        }
        let end = operands.last().map_or(start, |last| last.span);
        Ok(Expression::new(ExpressionKind::Join(operands), start.to(end)))
    }

    fn operand(&mut self, operand: Operand) -> Outcome<Expression<'s>> {
        let start = self.at;
        match self.peek() {
            Some(b'"' | b'\'') => self.string(),
            Some(b'[') => self.list(),
            Some(b'{') => self.block().map(|(table, _)| table),
            Some(b'@') => self.operator(),
            Some(b'$') => {
                self.at += 1;
                let name = self.global_name();
                if name.is_empty() {
                    return Err(self.fault(start, ErrorKind::UnexpectedText { found: "$".to_owned() }));
                }
                Ok(Expression::new(ExpressionKind::Global(name.into()), self.span_from(start)))
            }
            Some(b'/') if self.starts_with("//") => Err(self.fault_here(ErrorKind::CommentAfterValue)),
            _ => self.word(operand),
        }
    }

    fn global_name(&mut self) -> &'s str {
        let start = self.at;
        let length = super::statement::bare_length(self.rest());
        self.at += length;
        self.slice(start, self.at)
    }
}

/// A word beside an operator may have been meant as the name of a key: whoever wrote it has to say.
fn check_operand(expression: &Expression<'_>) -> Outcome<()> {
    match &expression.kind {
        ExpressionKind::Word(word) => {
            Err(Fault::new(expression.span, ErrorKind::BareOperand { word: word.clone().into_owned() }))
        }
        _ => Ok(()),
    }
}
