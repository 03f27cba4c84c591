//! Types that ask for more than a value: where it stands, or what it refers to.
//!
//! serde's data model has no word for these. Each asks for a struct with a name that no other type has, and the
//! deserializer answers with the fields of that struct.

use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::Deserializer;
use crate::error::{Error, ErrorKind};
use crate::value::{Piece, Value, Variable};

pub(super) const SPANNED: &str = "$__tusk_tsk::Spanned";
pub(super) const SYMBOLIC: &str = "$__tusk_tsk::Symbolic";
pub(super) const SECRET: &str = "$__tusk_tsk::Secret";

/// What a type asks for.
#[derive(Clone, Copy)]
pub(super) enum Marked {
    Spanned,
    Symbolic,
    Secret,
}

impl Marked {
    pub(super) fn of(name: &str) -> Option<Self> {
        match name {
            SPANNED => Some(Self::Spanned),
            SYMBOLIC => Some(Self::Symbolic),
            SECRET => Some(Self::Secret),
            _ => None,
        }
    }

    pub(super) fn give<'s, V: Visitor<'s>>(self, from: Deserializer<'_, 's>, visitor: V) -> Result<V::Value, Error> {
        let fields = match (self, &from.node.value) {
            (Self::Spanned, _) => {
                let range = from.node.span.range();
                let source = from.sources.get(from.node.span.source());
                let (line, column) = source.map_or((1, 1), |source| source.line_column(range.start));
                vec![
                    ("file", Field::Text(source.map_or("", |source| source.name()))),
                    ("start", Field::Number(range.start)),
                    ("end", Field::Number(range.end)),
                    ("line", Field::Number(line)),
                    ("column", Field::Number(column)),
                    ("value", Field::Node(from)),
                ]
            }
            (Self::Symbolic, Value::Variable(variable)) => vec![("variable", Field::Variable(variable, from))],
            (Self::Symbolic, Value::Template(pieces)) => vec![("text", Field::Pieces(pieces, from))],
            (Self::Symbolic, Value::Secret(name)) => vec![("secret", Field::Text(name))],
            (Self::Symbolic, _) => vec![("value", Field::Node(from))],
            (Self::Secret, Value::Secret(name)) => vec![("name", Field::Text(name))],
            (Self::Secret, _) => return Err(Error::new(ErrorKind::SecretAsText)),
        };
        visitor.visit_map(Fields { fields: fields.into_iter(), current: None })
    }
}

/// What stands in a field of a marked struct.
enum Field<'t, 's> {
    Text(&'t str),
    Number(usize),
    Node(Deserializer<'t, 's>),
    Variable(&'t Variable<'s>, Deserializer<'t, 's>),
    Pieces(&'t [Piece<'s>], Deserializer<'t, 's>),
}

impl<'t, 's> Field<'t, 's> {
    fn piece(piece: &'t Piece<'s>, from: Deserializer<'t, 's>) -> Fields<'t, 's> {
        match piece {
            Piece::Text(text) => Fields::of(vec![("text", Self::Text(text))]),
            Piece::Variable(variable) => Fields::of(vec![("variable", Self::Variable(variable, from))]),
        }
    }
}

impl<'s> de::Deserializer<'s> for Field<'_, 's> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'s>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Self::Text(text) => visitor.visit_str(text),
            Self::Number(number) => visitor.visit_u64(number as u64),
            Self::Node(from) => from.deserialize_any(visitor),
            Self::Variable(variable, from) => {
                let mut fields = vec![("name", Field::Text(&variable.name))];
                fields.extend(
                    variable
                        .default
                        .iter()
                        .map(|node| ("default", Field::Node(Deserializer { node, sources: from.sources }))),
                );
                visitor.visit_map(Fields::of(fields))
            }
            Self::Pieces(pieces, from) => visitor.visit_seq(PieceAccess { pieces: pieces.iter(), from }),
        }
    }

    fn deserialize_option<V: Visitor<'s>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Self::Node(from) => from.deserialize_option(visitor),
            other => visitor.visit_some(other),
        }
    }

    forward_to_deserialize_any! {
        <V: Visitor<'s>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// The fields of a marked struct.
struct Fields<'t, 's> {
    fields: std::vec::IntoIter<(&'static str, Field<'t, 's>)>,
    current: Option<Field<'t, 's>>,
}

impl<'t, 's> Fields<'t, 's> {
    fn of(fields: Vec<(&'static str, Field<'t, 's>)>) -> Self {
        Self { fields: fields.into_iter(), current: None }
    }
}

impl<'s> MapAccess<'s> for Fields<'_, 's> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'s>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Some((name, field)) = self.fields.next() else { return Ok(None) };
        self.current = Some(field);
        let name: StrDeserializer<'_, Error> = name.into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'s>>(&mut self, seed: V) -> Result<V::Value, Error> {
        match self.current.take() {
            // The value's own deserializer knows how to turn text out of the environment into a number.
            Some(Field::Node(from)) => seed.deserialize(from),
            Some(field) => seed.deserialize(field),
            None => Err(de::Error::custom("a value is taken before its key")),
        }
    }
}

struct PieceAccess<'t, 's> {
    pieces: std::slice::Iter<'t, Piece<'s>>,
    from: Deserializer<'t, 's>,
}

impl<'s> SeqAccess<'s> for PieceAccess<'_, 's> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'s>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        let Some(piece) = self.pieces.next() else { return Ok(None) };
        seed.deserialize(de::value::MapAccessDeserializer::new(Field::piece(piece, self.from))).map(Some)
    }
}
