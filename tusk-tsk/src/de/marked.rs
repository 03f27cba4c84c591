//! Types that ask for more than a value: where it stands, or what it refers to.
//!
//! serde's data model has no word for these. Each asks for a struct with a name that no other type has, and the
//! deserializer answers with the fields of that struct.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::StrDeserializer;
use serde::de::{self, Deserialize, DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::Deserializer;
use crate::error::{Error, ErrorKind};
use crate::value::{Piece, Value, Variable};

const SPANNED: &str = "$__tusk_tsk::Spanned";
const SYMBOLIC: &str = "$__tusk_tsk::Symbolic";
const SECRET: &str = "$__tusk_tsk::Secret";

/// A value and where it stands.
///
/// Two are equal if their values are.
///
/// ```
/// use tusk_tsk::Spanned;
///
/// #[derive(serde::Deserialize)]
/// struct Server {
///     port: Spanned<u16>,
/// }
///
/// let server: Server = tusk_tsk::from_str("# where to listen\nport: 8080")?;
/// assert_eq!((server.port.line, server.port.column), (2, 7));
/// assert_eq!(*server.port, 8080);
/// # Ok::<(), tusk_tsk::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// The file's name; empty if it was read without one.
    pub file: String,
    /// The first byte in the file.
    pub start: usize,
    /// The byte behind the last.
    pub end: usize,
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
}

impl<T: PartialEq> PartialEq for Spanned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T> std::ops::Deref for Spanned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// The name of a secret, out of `@env.secure("NAME")`. Its value is never read.
///
/// ```
/// #[derive(serde::Deserialize)]
/// struct Payments {
///     key: tusk_tsk::Secret,
/// }
///
/// let payments: Payments = tusk_tsk::from_str(r#"key: @env.secure("STRIPE_KEY")"#)?;
/// assert_eq!(payments.key.name, "STRIPE_KEY");
///
/// let error = tusk_tsk::from_str::<Payments>(r#"key: @env.secure("STRIPE_KEY", "sk_live_1")"#).map(|_| ()).unwrap_err();
/// assert!(!error.render().contains("sk_live_1"));
/// # Ok::<(), tusk_tsk::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Secret {
    /// The name.
    pub name: String,
}

/// A value, or what it will be made of when the program runs.
///
/// ```
/// use tusk_tsk::{Mode, Reader, Symbolic};
///
/// #[derive(serde::Deserialize)]
/// struct Function {
///     memory_size: Symbolic<u32>,
/// }
///
/// let reader = Reader::new().mode(Mode::Symbolic);
/// let function: Function = reader.from_str(r#"memory_size: @env("LAMBDA_MEMORY_SIZE", "512")"#)?;
/// let parameter = Symbolic::Variable { name: "LAMBDA_MEMORY_SIZE".to_owned(), default: Some(512) };
/// assert_eq!(function.memory_size, parameter);
/// # Ok::<(), tusk_tsk::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Symbolic<T> {
    /// A value.
    Value(T),
    /// An environment variable.
    Variable {
        /// Its name.
        name: String,
        /// What it is if the variable is not set.
        default: Option<T>,
    },
    /// A text with variables in it.
    Text(Vec<SymbolicPiece>),
    /// A secret.
    Secret(Secret),
}

/// A part of a text with variables in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SymbolicPiece {
    /// Text.
    Text(String),
    /// An environment variable.
    Variable {
        /// Its name.
        name: String,
        /// What it is if the variable is not set.
        default: Option<String>,
    },
}

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

/// A struct's fields in the order in which [`Marked::give`] gives them.
#[derive(serde::Deserialize)]
struct VariableFields<T> {
    name: String,
    #[serde(default = "Option::default")]
    default: Option<T>,
}

/// The one field by which a reference says what it is.
#[derive(serde::Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum Kind {
    Value,
    Variable,
    Text,
    Secret,
}

const OUTSIDE: &str = "this type is read from TuskLang only";

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Spanned<T> {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Visit<T> {
            type Value = Spanned<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(OUTSIDE)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Spanned<T>, A::Error> {
                let (mut file, mut start, mut end, mut line, mut column) = (String::new(), 0, 0, 1, 1);
                while let Some(key) = map.next_key::<String>()? {
                    match key.as_str() {
                        "file" => file = map.next_value()?,
                        "start" => start = map.next_value()?,
                        "end" => end = map.next_value()?,
                        "line" => line = map.next_value()?,
                        "column" => column = map.next_value()?,
                        "value" => return Ok(Spanned { value: map.next_value()?, file, start, end, line, column }),
                        _ => break,
                    }
                }
                Err(de::Error::custom(OUTSIDE))
            }
        }

        let fields = &["file", "start", "end", "line", "column", "value"];
        deserializer.deserialize_struct(SPANNED, fields, Visit(PhantomData))
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit;

        impl<'de> Visitor<'de> for Visit {
            type Value = Secret;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a secret, by reference")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Secret, A::Error> {
                match map.next_entry::<String, String>()? {
                    Some((key, name)) if key == "name" => Ok(Secret { name }),
                    _ => Err(de::Error::custom(OUTSIDE)),
                }
            }
        }

        deserializer.deserialize_struct(SECRET, &["name"], Visit)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Symbolic<T> {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Visit<T> {
            type Value = Symbolic<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(OUTSIDE)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Symbolic<T>, A::Error> {
                match map.next_key()? {
                    Some(Kind::Value) => map.next_value().map(Symbolic::Value),
                    Some(Kind::Variable) => {
                        let VariableFields { name, default } = map.next_value()?;
                        Ok(Symbolic::Variable { name, default })
                    }
                    Some(Kind::Text) => map.next_value().map(Symbolic::Text),
                    Some(Kind::Secret) => map.next_value().map(|name| Symbolic::Secret(Secret { name })),
                    None => Err(de::Error::custom(OUTSIDE)),
                }
            }
        }

        deserializer.deserialize_struct(SYMBOLIC, &["value", "variable", "text", "secret"], Visit(PhantomData))
    }
}

impl<'de> Deserialize<'de> for SymbolicPiece {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit;

        impl<'de> Visitor<'de> for Visit {
            type Value = SymbolicPiece;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(OUTSIDE)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<SymbolicPiece, A::Error> {
                match map.next_key()? {
                    Some(Kind::Text) => map.next_value().map(SymbolicPiece::Text),
                    Some(Kind::Variable) => {
                        let VariableFields { name, default } = map.next_value()?;
                        Ok(SymbolicPiece::Variable { name, default })
                    }
                    _ => Err(de::Error::custom(OUTSIDE)),
                }
            }
        }

        deserializer.deserialize_map(Visit)
    }
}
