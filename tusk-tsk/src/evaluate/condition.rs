//! Conditions: decided when the file is read, in both modes, since what they choose between cannot be chosen later.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::Evaluator;
use super::value::Joined;
use crate::error::{ErrorKind, Fault, Outcome};
use crate::source::Span;
use crate::syntax::{Expression, ExpressionKind, Operator};
use crate::value::{Node, Origin, Piece, Value, Variable};

impl<'s> Evaluator<'_, '_, 's> {
    /// Whether a condition holds.
    pub(super) fn holds(&mut self, condition: Expression<'s>) -> Outcome<bool> {
        let outer = std::mem::replace(&mut self.deciding, true);
        let holds = match condition.kind {
            ExpressionKind::Comparison(comparison) => {
                let left = self.decided(comparison.left)?;
                let right = self.decided(comparison.right)?;
                compare(&left, comparison.operator, &right, condition.span)
            }
            kind => {
                let node = self.decided(Expression::new(kind, condition.span))?;
                let found = node.value.describe();
                boolean(&node).ok_or_else(|| Fault::new(condition.span, ErrorKind::Condition { found }))
            }
        };
        self.deciding = outer;
        holds
    }

    /// The value of an operand, with every variable looked up.
    fn decided(&mut self, operand: Expression<'s>) -> Outcome<Node<'s>> {
        let node = self.value(operand.kind, operand.span)?;
        self.settle(node)
    }

    /// Looks up what was left for later, as in a global of symbolic mode.
    fn settle(&mut self, node: Node<'s>) -> Outcome<Node<'s>> {
        match node.value {
            Value::Variable(variable) => self.settle_variable(*variable, node.span),
            Value::Template(pieces) => {
                let mut joined = Joined::default();
                for piece in pieces {
                    match piece {
                        Piece::Text(text) => joined.push_text(&text),
                        Piece::Variable(variable) => {
                            let node = self.settle_variable(variable, node.span)?;
                            joined.push(node)?;
                        }
                    }
                }
                self.joined(joined, node.span)
            }
            Value::Secret(name) => Err(Fault::new(node.span, ErrorKind::SecretInText { name: name.into_owned() })),
            value => Ok(Node { value, ..node }),
        }
    }

    fn settle_variable(&mut self, variable: Variable<'s>, span: Span) -> Outcome<Node<'s>> {
        if let Some(text) = self.look_up(&variable.name, span)? {
            let origin = Origin::Variable(variable.name);
            return Ok(Node { value: Value::Text(Cow::Owned(text)), span, origin });
        }
        match variable.default {
            Some(default) => self.settle(Node { span, ..default }),
            None => Err(Fault::new(span, ErrorKind::MissingVariable { name: variable.name.into_owned() })),
        }
    }
}

/// A boolean, also as the text of a variable.
fn boolean(node: &Node<'_>) -> Option<bool> {
    match (&node.value, &node.origin) {
        (Value::Boolean(value), _) => Some(*value),
        (Value::Text(text), Origin::Variable(_)) => text.parse().ok(),
        _ => None,
    }
}

/// A number, also as the text of a variable.
fn number(node: &Node<'_>) -> Option<Number> {
    match (&node.value, &node.origin) {
        (Value::Integer(value), _) => Some(Number::Integer(*value)),
        (Value::Float(value), _) => Some(Number::Float(*value)),
        (Value::Text(text), Origin::Variable(_)) => match text.parse() {
            Ok(value) => Some(Number::Integer(value)),
            Err(_) => text.parse().ok().map(Number::Float),
        },
        _ => None,
    }
}

enum Number {
    Integer(i64),
    Float(f64),
}

impl Number {
    #[expect(clippy::cast_precision_loss, reason = "as every language compares an integer with a float")]
    fn as_float(&self) -> f64 {
        match self {
            Self::Integer(value) => *value as f64,
            Self::Float(value) => *value,
        }
    }

    fn order(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Integer(left), Self::Integer(right)) => Some(left.cmp(right)),
            _ => self.as_float().partial_cmp(&other.as_float()),
        }
    }
}

fn compare(left: &Node<'_>, operator: Operator, right: &Node<'_>, span: Span) -> Outcome<bool> {
    let equality = matches!(operator, Operator::Equal | Operator::NotEqual);
    let order = match (&left.value, &right.value) {
        (Value::Text(left), Value::Text(right)) => Some(left.cmp(right)),
        (Value::Integer(_) | Value::Float(_), _) | (_, Value::Integer(_) | Value::Float(_))
            if number(left).is_some() && number(right).is_some() =>
        {
            number(left).zip(number(right)).and_then(|(left, right)| left.order(&right))
        }
        (Value::Boolean(_), _) | (_, Value::Boolean(_))
            if equality && boolean(left).is_some() && boolean(right).is_some() =>
        {
            boolean(left).zip(boolean(right)).map(|(left, right)| left.cmp(&right))
        }
        (Value::Null, Value::Null) if equality => Some(Ordering::Equal),
        // Nothing else is `null`; which of the two comes first does not matter.
        (Value::Null, _) | (_, Value::Null) if equality => Some(Ordering::Less),
        _ => None,
    };
    let (left, right) = (left.value.describe(), right.value.describe());
    let order = order.ok_or_else(|| Fault::new(span, ErrorKind::Comparison { left, right }))?;
    Ok(match operator {
        Operator::Equal => order.is_eq(),
        Operator::NotEqual => order.is_ne(),
        Operator::Greater => order.is_gt(),
        Operator::GreaterOrEqual => order.is_ge(),
        Operator::Less => order.is_lt(),
        Operator::LessOrEqual => order.is_le(),
    })
}
