//! Values in the canonical form: as a file is written by whoever knows only what it says.

use std::borrow::Cow;
use std::fmt;

use super::{Node, Piece, Table, Value, Variable};
use crate::source::Span;
use crate::syntax::{Document, Element, Expression, ExpressionKind, Form, Item, Key, Pair, Part, Section};

impl fmt::Display for Table<'_> {
    /// Pairs first, then a section for each table; in a section, tables are blocks.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Document { items: items_of_file(self), globals: Vec::new() }.fmt(f)
    }
}

pub(super) fn write_node(f: &mut fmt::Formatter<'_>, node: &Node<'_>) -> fmt::Result {
    // A pair prints as one line if it can, and the key is cut off again.
    let pair = pair("_", Form::Value, expression(node));
    let document = Document { items: vec![Item::Pair(pair)], globals: Vec::new() };
    let text = document.to_string();
    f.write_str(text.strip_prefix("_: ").unwrap_or(&text).trim_end())
}

fn items_of_file<'t>(table: &'t Table<'_>) -> Vec<Item<'t>> {
    let is_section = |node: &Node<'_>| matches!(node.value, Value::Table(_));
    let (sections, pairs): (Vec<_>, Vec<_>) = table.entries().iter().partition(|entry| is_section(&entry.node));
    let mut items: Vec<Item<'t>> = pairs.into_iter().map(|entry| item(&entry.key, &entry.node)).collect();
    items.extend(sections.into_iter().filter_map(|entry| match &entry.node.value {
        Value::Table(table) => {
            Some(Item::Section(Section { key: key(&entry.key), comment: None, items: items_of(table) }))
        }
        _ => None,
    }));
    items
}

fn items_of<'t>(table: &'t Table<'_>) -> Vec<Item<'t>> {
    table.entries().iter().map(|entry| item(&entry.key, &entry.node)).collect()
}

fn item<'t>(name: &'t str, node: &'t Node<'_>) -> Item<'t> {
    let form = if matches!(node.value, Value::Table(_)) { Form::Block } else { Form::Value };
    Item::Pair(pair(name, form, expression(node)))
}

fn pair<'t>(name: &'t str, form: Form, value: Expression<'t>) -> Pair<'t> {
    Pair { key: key(name), form, value, comment: None }
}

fn key(name: &str) -> Key<'_> {
    Key { first: Part { name: Cow::Borrowed(name), span: Span::default() }, rest: Vec::new() }
}

fn expression<'t>(node: &'t Node<'_>) -> Expression<'t> {
    let kind = match &node.value {
        Value::Null => ExpressionKind::Null,
        Value::Boolean(value) => ExpressionKind::Boolean(*value),
        Value::Integer(value) => ExpressionKind::Integer(*value),
        Value::Float(value) => ExpressionKind::Float(*value),
        Value::Text(text) => ExpressionKind::Text(Cow::Borrowed(text)),
        Value::List(nodes) => {
            ExpressionKind::List(nodes.iter().map(|node| Element::Value(expression(node), None)).collect())
        }
        Value::Table(table) => {
            let pairs = table.entries().iter().map(|entry| pair(&entry.key, Form::Value, expression(&entry.node)));
            ExpressionKind::Table(pairs.map(Item::Pair).collect())
        }
        Value::Variable(variable) => of_variable(variable),
        Value::Template(pieces) => ExpressionKind::Join(pieces.iter().map(of_piece).collect()),
        Value::Secret(name) => ExpressionKind::Secret(Cow::Borrowed(name)),
    };
    Expression::new(kind, node.span)
}

fn of_variable<'t>(variable: &'t Variable<'_>) -> ExpressionKind<'t> {
    let default = variable.default.as_ref().map(|node| Box::new(expression(node)));
    ExpressionKind::Variable { name: Cow::Borrowed(&variable.name), default }
}

fn of_piece<'t>(piece: &'t Piece<'_>) -> Expression<'t> {
    let kind = match piece {
        Piece::Text(text) => ExpressionKind::Text(Cow::Borrowed(text)),
        Piece::Variable(variable) => of_variable(variable),
    };
    Expression::new(kind, Span::default())
}
