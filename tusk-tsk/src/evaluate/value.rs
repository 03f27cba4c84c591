//! Values: each kind of expression, and how texts are joined.

use std::borrow::Cow;

use super::Evaluator;
use super::budget::Cost;
use crate::error::{ErrorKind, Fault, Outcome};
use crate::reader::Mode;
use crate::source::Span;
use crate::syntax::{self, Element, Expression, ExpressionKind, Item};
use crate::value::{Entry, Node, Origin, Piece, Table, Value, Variable};

impl<'s> Evaluator<'_, '_, 's> {
    pub(super) fn value(&mut self, kind: ExpressionKind<'s>, span: Span) -> Outcome<Node<'s>> {
        let value = match kind {
            ExpressionKind::Null => Value::Null,
            ExpressionKind::Boolean(value) => Value::Boolean(value),
            ExpressionKind::Integer(value) => Value::Integer(value),
            ExpressionKind::Float(value) => Value::Float(value),
            ExpressionKind::Range(from, to) => Value::Table(range(from, to, span)),
            ExpressionKind::Text(text) | ExpressionKind::Word(text) => Value::Text(text),
            ExpressionKind::Secret(name) => Value::Secret(name),
            ExpressionKind::Template(pieces) => return self.template(pieces, span),
            ExpressionKind::Global(name) => return self.global(&name, span),
            ExpressionKind::Variable { name, default } => return self.variable(name, default, span),
            ExpressionKind::Other { file, path } => return self.other(&file, &path, span),
            ExpressionKind::Join(operands) => return self.join(operands, span),
            ExpressionKind::Choice(choice) => {
                let chosen = if self.holds(choice.condition)? { choice.value } else { choice.other };
                return self.value(chosen.kind, chosen.span);
            }
            ExpressionKind::Comparison(_) => return Err(Fault::new(span, ErrorKind::LoneComparison)),
            ExpressionKind::List(elements) => Value::List(self.list(elements)?),
            ExpressionKind::Table(items) => Value::Table(self.table_apart(items)?),
        };
        Ok(Node::new(value, span))
    }

    fn list(&mut self, elements: Vec<Element<'s>>) -> Outcome<Vec<Node<'s>>> {
        let mut nodes = Vec::with_capacity(elements.len());
        self.base += 1;
        for element in elements {
            if let Element::Value(value, _) = element {
                self.budget.take_value(value.span)?;
                nodes.push(self.value(value.kind, value.span)?);
            }
        }
        self.base -= 1;
        Ok(nodes)
    }

    /// A table that no path leads to: in a list, or an argument.
    fn table_apart(&mut self, items: Vec<Item<'s>>) -> Outcome<Table<'s>> {
        let path = std::mem::take(&mut self.path);
        let depth = path.len() + 1;
        self.base += depth;
        self.tables.push(Table::default());
        self.fill(items)?;
        self.base -= depth;
        self.path = path;
        Ok(self.tables.pop().unwrap_or_default())
    }

    fn global(&mut self, name: &str, span: Span) -> Outcome<Node<'s>> {
        let depth = self.depth();
        let Some(global) = self.globals.get(name) else { return Err(self.unknown_global(name, span)) };
        self.budget.take(global.cost, depth, span)?;
        Ok(Node { span, ..global.node.clone() })
    }

    pub(super) fn unknown_global(&self, name: &str, span: Span) -> Fault {
        if let Some((_, defined)) = self.definitions.iter().find(|(known, _)| known == name) {
            let source = self.session.sources.get(defined.source());
            let line = source.map_or(1, |source| source.line_column(defined.range().start).0);
            return Fault::new(span, ErrorKind::GlobalBeforeDefinition { name: name.to_owned(), line });
        }
        let near = crate::error::nearest(name, self.globals.keys().map(AsRef::as_ref)).map(str::to_owned);
        Fault::new(span, ErrorKind::UnknownGlobal { name: name.to_owned(), near })
    }

    fn variable(&mut self, name: Cow<'s, str>, default: Option<Box<Expression<'s>>>, span: Span) -> Outcome<Node<'s>> {
        if self.session.reader.mode == Mode::Symbolic && !self.deciding {
            self.base += 1;
            let default = default.map(|default| self.default(&name, *default)).transpose()?;
            self.base -= 1;
            return Ok(Node::new(Value::Variable(Box::new(Variable { name, default })), span));
        }
        if let Some(text) = self.look_up(&name, span)? {
            return Ok(Node { value: Value::Text(Cow::Owned(text)), span, origin: Origin::Variable(name) });
        }
        let Some(default) = default else {
            return Err(Fault::new(span, ErrorKind::MissingVariable { name: name.into_owned() }));
        };
        self.default(&name, *default)
    }

    /// What a variable is if it is not set; a text may stand for a number, as the variable's own may.
    fn default(&mut self, variable: &Cow<'s, str>, default: Expression<'s>) -> Outcome<Node<'s>> {
        let mut node = self.value(default.kind, default.span)?;
        if node.origin == Origin::File && matches!(node.value, Value::Text(_)) {
            node.origin = Origin::Variable(variable.clone());
        }
        Ok(node)
    }

    /// Asks the environment.
    pub(super) fn look_up(&mut self, name: &str, span: Span) -> Outcome<Option<String>> {
        let found = self.session.reader.variable(name);
        if let Some(text) = &found {
            self.budget.take_text(text.len(), span)?;
        }
        Ok(found)
    }

    fn join(&mut self, operands: Vec<Expression<'s>>, span: Span) -> Outcome<Node<'s>> {
        let mut joined = Joined::default();
        let mut any_text = false;
        for operand in operands {
            let node = self.value(operand.kind, operand.span)?;
            any_text |= matches!(node.value, Value::Text(_) | Value::Variable(_) | Value::Template(_));
            joined.push(node)?;
        }
        if !any_text {
            return Err(Fault::new(span, ErrorKind::JoinWithoutText));
        }
        self.joined(joined, span)
    }

    fn template(&mut self, pieces: Vec<syntax::Piece<'s>>, span: Span) -> Outcome<Node<'s>> {
        let mut joined = Joined::default();
        for piece in pieces {
            match piece {
                syntax::Piece::Text(text) => joined.push_text(&text),
                syntax::Piece::Name { name, default, span } => {
                    let node = self.named(name, default, span)?;
                    joined.push(node)?;
                }
            }
        }
        self.joined(joined, span)
    }

    pub(super) fn joined(&mut self, joined: Joined<'s>, span: Span) -> Outcome<Node<'s>> {
        let node = joined.into_node(span);
        self.budget.take(Cost::of(&node), self.depth(), span)?;
        Ok(node)
    }
}

/// A range as the other readers of this language give it.
fn range<'s>(from: u64, to: u64, span: Span) -> Table<'s> {
    let mut table = Table::default();
    let number = |value: u64| Value::Integer(i64::try_from(value).unwrap_or(i64::MAX));
    let entries = [("min", number(from)), ("max", number(to)), ("type", Value::Text(Cow::Borrowed("range")))];
    for (key, value) in entries {
        table.push(Entry { key: Cow::Borrowed(key), key_span: span, node: Node::new(value, span) });
    }
    table
}

/// Texts that are put together.
#[derive(Default)]
pub(super) struct Joined<'s> {
    /// What came before the last variable that is looked up later, and that variable.
    pieces: Vec<Piece<'s>>,
    text: String,
    /// Whether the environment had a part in it.
    from_environment: bool,
}

impl<'s> Joined<'s> {
    pub(super) fn push_text(&mut self, text: &str) {
        self.text.push_str(text);
    }

    pub(super) fn push(&mut self, node: Node<'s>) -> Outcome<()> {
        self.from_environment |= node.origin != Origin::File;
        match node.value {
            Value::Text(text) => self.push_text(&text),
            Value::Integer(number) => self.push_text(&number.to_string()),
            Value::Boolean(value) => self.push_text(if value { "true" } else { "false" }),
            Value::Float(number) => {
                let written = syntax::write_float(&mut self.text, number);
                debug_assert!(written.is_ok(), "a string takes everything");
            }
            Value::Variable(variable) => self.push_variable(*variable),
            Value::Template(pieces) => pieces.into_iter().for_each(|piece| match piece {
                Piece::Text(text) => self.push_text(&text),
                Piece::Variable(variable) => self.push_variable(variable),
            }),
            Value::Secret(name) => {
                return Err(Fault::new(node.span, ErrorKind::SecretInText { name: name.into_owned() }));
            }
            value @ (Value::Null | Value::List(_) | Value::Table(_)) => {
                return Err(Fault::new(node.span, ErrorKind::Join { found: value.describe() }));
            }
        }
        Ok(())
    }

    fn push_variable(&mut self, variable: Variable<'s>) {
        self.end_text();
        self.pieces.push(Piece::Variable(variable));
    }

    fn end_text(&mut self) {
        if !self.text.is_empty() {
            self.pieces.push(Piece::Text(Cow::Owned(std::mem::take(&mut self.text))));
        }
    }

    fn into_node(mut self, span: Span) -> Node<'s> {
        let origin = if self.from_environment { Origin::Joined } else { Origin::File };
        if self.pieces.is_empty() {
            return Node { value: Value::Text(Cow::Owned(self.text)), span, origin };
        }
        self.end_text();
        let value = match (self.pieces.pop(), self.pieces.is_empty()) {
            (Some(Piece::Variable(variable)), true) => Value::Variable(Box::new(variable)),
            (last, _) => {
                self.pieces.extend(last);
                Value::Template(self.pieces)
            }
        };
        Node { value, span, origin }
    }
}
