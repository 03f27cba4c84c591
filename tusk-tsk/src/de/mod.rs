//! Values into types, through serde.

mod access;
mod key;
mod marked;
mod types;

use std::borrow::Cow;
use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{self, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use self::access::{Elements, Entries, Variant};
use self::marked::Marked;
pub use self::types::{Secret, Spanned, Symbolic, SymbolicPiece};
use crate::error::{Error, ErrorKind};
use crate::source::Source;
use crate::value::{Node, Origin, Value};

/// Gives a value to a type.
///
/// Text out of `@env` becomes the number or the boolean that a type asks for. Where serde has to look at a value before it
/// knows the type (`#[serde(flatten)]`, `untagged` and internally tagged enums) it is a text.
#[derive(Clone, Copy)]
pub struct Deserializer<'t, 's> {
    node: &'t Node<'s>,
    sources: &'t [Source],
}

impl<'t, 's> Deserializer<'t, 's> {
    pub(crate) fn new(node: &'t Node<'s>, sources: &'t [Source]) -> Self {
        Self { node, sources }
    }

    /// Puts an error at this value, and takes out of it what nobody is to read.
    fn at(self, error: Error) -> Error {
        let error = match (&self.node.value, &self.node.origin) {
            (Value::Text(text), Origin::Variable(name)) => error.without(text, name),
            (Value::Text(text), Origin::Joined) => error.without(text, ""),
            _ => error,
        };
        error.or_at(self.sources, self.node.span)
    }

    fn fault<T>(self, kind: ErrorKind) -> Result<T, Error> {
        Err(self.at(Error::new(kind)))
    }

    /// The text and the name of the variable that it comes from.
    fn of_variable(self) -> Option<(&'t str, &'t str)> {
        match (&self.node.value, &self.node.origin) {
            (Value::Text(text), Origin::Variable(name)) => Some((text, name)),
            _ => None,
        }
    }

    fn any<V: Visitor<'s>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.node.value {
            Value::Null => visitor.visit_unit(),
            Value::Boolean(value) => visitor.visit_bool(*value),
            Value::Integer(value) => visitor.visit_i64(*value),
            Value::Float(value) => visitor.visit_f64(*value),
            Value::Text(Cow::Borrowed(text)) => visitor.visit_borrowed_str(text),
            Value::Text(Cow::Owned(text)) => visitor.visit_str(text),
            Value::List(nodes) => {
                let mut elements = Elements { nodes: nodes.iter(), sources: self.sources };
                let read = visitor.visit_seq(&mut elements)?;
                match elements.nodes.len() {
                    0 => Ok(read),
                    more => Err(de::Error::invalid_length(nodes.len(), &Fewer(nodes.len() - more))),
                }
            }
            Value::Table(table) => visitor.visit_map(Entries::new(table.entries(), self.sources)),
            Value::Variable(_) | Value::Template(_) | Value::Secret(_) => Err(Error::new(self.reference())),
        }
    }

    /// Why a reference is no value.
    fn reference(self) -> ErrorKind {
        use crate::value::Piece;
        match &self.node.value {
            Value::Secret(name) => ErrorKind::SecretAsValue { name: name.clone().into_owned() },
            Value::Variable(variable) => ErrorKind::Reference { name: variable.name.clone().into_owned() },
            Value::Template(pieces) => {
                let first = pieces.iter().find_map(|piece| match piece {
                    Piece::Variable(variable) => Some(variable.name.clone().into_owned()),
                    Piece::Text(_) => None,
                });
                ErrorKind::Reference { name: first.unwrap_or_default() }
            }
            _ => ErrorKind::Reference { name: String::new() },
        }
    }

    fn whole_number<V: Visitor<'s>>(self, visitor: V) -> Result<V::Value, Error> {
        let Some((text, name)) = self.of_variable() else {
            return self.any(visitor).map_err(|error| self.at(error));
        };
        let read = match (text.parse::<i64>(), text.parse::<u64>()) {
            (Ok(number), _) => visitor.visit_i64(number),
            (_, Ok(number)) => visitor.visit_u64(number),
            _ => return self.fault(ErrorKind::VariableType { name: name.to_owned(), expected: "a whole number" }),
        };
        read.map_err(|error| self.at(error))
    }

    fn number<V: Visitor<'s>>(self, visitor: V) -> Result<V::Value, Error> {
        let read = match self.of_variable() {
            None => self.any(visitor),
            Some((text, name)) => match text.parse::<f64>() {
                Ok(number) if number.is_finite() => visitor.visit_f64(number),
                _ => return self.fault(ErrorKind::VariableType { name: name.to_owned(), expected: "a number" }),
            },
        };
        read.map_err(|error| self.at(error))
    }
}

/// What a type wants that takes some elements of a list, and not the others.
struct Fewer(usize);

impl de::Expected for Fewer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of {}", self.0)
    }
}

macro_rules! numbers {
    ($($method:ident $as:ident),* $(,)?) => {$(
        fn $method<V: Visitor<'s>>(self, visitor: V) -> Result<V::Value, Error> {
            self.$as(visitor)
        }
    )*};
}

impl<'s> de::Deserializer<'s> for Deserializer<'_, 's> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'s>>(self, visitor: V) -> Result<V::Value, Error> {
        self.any(visitor).map_err(|error| self.at(error))
    }

    numbers! {
        deserialize_i8 whole_number, deserialize_i16 whole_number, deserialize_i32 whole_number,
        deserialize_i64 whole_number, deserialize_i128 whole_number,
        deserialize_u8 whole_number, deserialize_u16 whole_number, deserialize_u32 whole_number,
        deserialize_u64 whole_number, deserialize_u128 whole_number,
        deserialize_f32 number, deserialize_f64 number,
    }

    fn deserialize_bool<V: Visitor<'s>>(self, visitor: V) -> Result<V::Value, Error> {
        const WORDS: [&str; 8] = ["yes", "no", "on", "off", "y", "n", "true", "false"];
        if let Some((text, name)) = self.of_variable() {
            return match text.parse() {
                Ok(value) => visitor.visit_bool(value).map_err(|error| self.at(error)),
                Err(_) => self.fault(ErrorKind::VariableType { name: name.to_owned(), expected: "`true` or `false`" }),
            };
        }
        if let Value::Text(text) = &self.node.value
            && WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
        {
            return self.fault(ErrorKind::BooleanWord { word: text.clone().into_owned() });
        }
        self.deserialize_any(visitor)
    }

    fn deserialize_option<V: Visitor<'s>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.node.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
        .map_err(|error| self.at(error))
    }

    fn deserialize_newtype_struct<V: Visitor<'s>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self).map_err(|error| self.at(error))
    }

    fn deserialize_struct<V: Visitor<'s>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match Marked::of(name) {
            Some(marked) => marked.give(self, visitor).map_err(|error| self.at(error)),
            None => self.deserialize_any(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'s>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match &self.node.value {
            Value::Text(text) => {
                let text: StrDeserializer<'_, Error> = text.as_ref().into_deserializer();
                visitor.visit_enum(text)
            }
            Value::Table(table) if table.entries().len() == 1 => match table.entries().first() {
                Some(entry) => visitor.visit_enum(Variant { entry, sources: self.sources }),
                None => self.any(visitor),
            },
            Value::Table(table) => {
                Err(de::Error::invalid_length(table.entries().len(), &"a table with one key, the choice's name"))
            }
            _ => self.any(visitor),
        }
        .map_err(|error| self.at(error))
    }

    fn deserialize_ignored_any<V: Visitor<'s>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        <V: Visitor<'s>>
        char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map identifier
    }
}
