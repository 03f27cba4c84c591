//! What a file may become: a few globals that name each other can stand for more than memory holds.

use crate::error::{ErrorKind, Fault, Outcome};
use crate::limits::Limits;
use crate::source::Span;
use crate::value::{Node, Piece, Value, Variable};

/// What is left to be taken.
pub(super) struct Budget {
    limits: Limits,
    values: usize,
    text: usize,
}

/// What a value takes where it is used again.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cost {
    values: usize,
    text: usize,
    height: usize,
}

impl Budget {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, values: limits.values, text: limits.text }
    }

    pub(super) fn take_value(&mut self, span: Span) -> Outcome<()> {
        self.take(Cost { values: 1, ..Cost::default() }, 0, span)
    }

    pub(super) fn take_text(&mut self, length: usize, span: Span) -> Outcome<()> {
        self.take(Cost { text: length, ..Cost::default() }, 0, span)
    }

    /// Takes what a value needs at a depth.
    pub(super) fn take(&mut self, cost: Cost, depth: usize, span: Span) -> Outcome<()> {
        let Limits { values, text, depth: most, .. } = self.limits;
        if depth + cost.height > most {
            return Err(Fault::new(span, ErrorKind::TooDeep { most }));
        }
        self.values = self
            .values
            .checked_sub(cost.values)
            .ok_or_else(|| Fault::new(span, ErrorKind::TooManyValues { most: values }))?;
        self.text =
            self.text.checked_sub(cost.text).ok_or_else(|| Fault::new(span, ErrorKind::TooMuchText { most: text }))?;
        Ok(())
    }
}

impl Cost {
    pub(super) fn of(node: &Node<'_>) -> Self {
        let (own, inner) = match &node.value {
            Value::Text(text) | Value::Secret(text) => (text.len(), Self::default()),
            Value::List(nodes) => (0, Self::sum(nodes.iter())),
            Value::Table(table) => {
                let keys = table.entries().iter().map(|entry| entry.key.len()).sum();
                (keys, Self::sum(table.entries().iter().map(|entry| &entry.node)))
            }
            Value::Variable(variable) => Self::of_variable(variable),
            Value::Template(pieces) => {
                let parts = pieces.iter().map(|piece| match piece {
                    Piece::Text(text) => (text.len(), Self::default()),
                    Piece::Variable(variable) => Self::of_variable(variable),
                });
                parts.fold((0, Self::default()), |(text, inner), (more, of)| (text + more, inner.and(of)))
            }
            Value::Null | Value::Boolean(_) | Value::Integer(_) | Value::Float(_) => (0, Self::default()),
        };
        let level = usize::from(matches!(node.value, Value::List(_) | Value::Table(_) | Value::Variable(_)));
        Self { values: inner.values + 1, text: inner.text + own, height: inner.height + level }
    }

    fn of_variable(variable: &Variable<'_>) -> (usize, Self) {
        (variable.name.len(), variable.default.as_ref().map(Self::of).unwrap_or_default())
    }

    fn sum<'n, 's: 'n>(nodes: impl Iterator<Item = &'n Node<'s>>) -> Self {
        nodes.map(Self::of).fold(Self::default(), Self::and)
    }

    fn and(self, other: Self) -> Self {
        Self { values: self.values + other.values, text: self.text + other.text, height: self.height.max(other.height) }
    }
}
