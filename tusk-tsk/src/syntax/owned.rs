//! Documents that hold their own texts.

use std::borrow::Cow;

use super::{
    Choice, Comment, Comparison, Document, Element, Expression, ExpressionKind, Item, Key, Pair, Part, Piece, Section,
};

impl Document<'_> {
    /// The same with texts of its own.
    pub fn into_owned(self) -> Document<'static> {
        Document {
            items: self.items.into_iter().map(Item::into_owned).collect(),
            globals: self.globals.into_iter().map(|(name, span)| (owned(name), span)).collect(),
        }
    }
}

fn owned(text: Cow<'_, str>) -> Cow<'static, str> {
    Cow::Owned(text.into_owned())
}

impl Item<'_> {
    /// The same with texts of its own.
    pub fn into_owned(self) -> Item<'static> {
        match self {
            Self::Blank => Item::Blank,
            Self::Comment(comment) => Item::Comment(comment.into_owned()),
            Self::Section(section) => Item::Section(Section {
                key: section.key.into_owned(),
                comment: section.comment.map(Comment::into_owned),
                items: section.items.into_iter().map(Item::into_owned).collect(),
            }),
            Self::Pair(pair) => Item::Pair(Pair {
                key: pair.key.into_owned(),
                form: pair.form,
                value: pair.value.into_owned(),
                comment: pair.comment.map(Comment::into_owned),
            }),
        }
    }
}

impl Comment<'_> {
    fn into_owned(self) -> Comment<'static> {
        Comment { text: owned(self.text) }
    }
}

impl Key<'_> {
    fn into_owned(self) -> Key<'static> {
        Key { first: self.first.into_owned(), rest: self.rest.into_iter().map(Part::into_owned).collect() }
    }
}

impl Part<'_> {
    fn into_owned(self) -> Part<'static> {
        Part { name: owned(self.name), span: self.span }
    }
}

impl Expression<'_> {
    fn into_owned(self) -> Expression<'static> {
        Expression { kind: self.kind.into_owned(), span: self.span }
    }
}

impl ExpressionKind<'_> {
    fn into_owned(self) -> ExpressionKind<'static> {
        use ExpressionKind as To;
        match self {
            Self::Null => To::Null,
            Self::Boolean(value) => To::Boolean(value),
            Self::Integer(value) => To::Integer(value),
            Self::Float(value) => To::Float(value),
            Self::Range(from, to) => To::Range(from, to),
            Self::Text(text) => To::Text(owned(text)),
            Self::Word(text) => To::Word(owned(text)),
            Self::Template(pieces) => To::Template(pieces.into_iter().map(Piece::into_owned).collect()),
            Self::Global(name) => To::Global(owned(name)),
            Self::Variable { name, default } => {
                To::Variable { name: owned(name), default: default.map(|default| Box::new(default.into_owned())) }
            }
            Self::Secret(name) => To::Secret(owned(name)),
            Self::Other { file, path } => To::Other { file: owned(file), path: owned(path) },
            Self::Join(operands) => To::Join(operands.into_iter().map(Expression::into_owned).collect()),
            Self::Choice(choice) => To::Choice(Box::new(Choice {
                condition: choice.condition.into_owned(),
                value: choice.value.into_owned(),
                other: choice.other.into_owned(),
            })),
            Self::Comparison(comparison) => To::Comparison(Box::new(Comparison {
                left: comparison.left.into_owned(),
                operator: comparison.operator,
                right: comparison.right.into_owned(),
            })),
            Self::List(elements) => To::List(elements.into_iter().map(Element::into_owned).collect()),
            Self::Table(items) => To::Table(items.into_iter().map(Item::into_owned).collect()),
        }
    }
}

impl Piece<'_> {
    fn into_owned(self) -> Piece<'static> {
        match self {
            Self::Text(text) => Piece::Text(owned(text)),
            Self::Name { name, default, span } => Piece::Name { name: owned(name), default: default.map(owned), span },
        }
    }
}

impl Element<'_> {
    fn into_owned(self) -> Element<'static> {
        match self {
            Self::Comment(comment) => Element::Comment(comment.into_owned()),
            Self::Value(value, comment) => Element::Value(value.into_owned(), comment.map(Comment::into_owned)),
        }
    }
}
