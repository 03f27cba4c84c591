//! Types into values, through serde, and those into the canonical form.

mod compound;
mod error;
mod key;

use std::borrow::Cow;

use serde::ser::{self, Serialize};

use self::compound::{Fields, Items, Wrap};
pub use self::error::WriteError;
use crate::source::Span;
use crate::value::{Node, Table, Value};

/// Writes a value in the canonical form: pairs first, then a section for each table; four spaces for each level; texts in
/// double quotes. What is written is read again as the same.
///
/// # Errors
///
/// A value that is no struct and no map, a key that is no text, and a number that TuskLang cannot say.
///
/// ```
/// #[derive(serde::Serialize)]
/// struct Config {
///     name: &'static str,
///     ports: Vec<u16>,
///     limits: Limits,
/// }
///
/// #[derive(serde::Serialize)]
/// struct Limits {
///     memory: u32,
/// }
///
/// let config = Config { name: "users", ports: vec![80, 443], limits: Limits { memory: 512 } };
/// assert_eq!(tusk_tsk::to_string(&config)?, "name: \"users\"\nports: [80, 443]\n\n[limits]\nmemory: 512\n");
/// # Ok::<(), tusk_tsk::WriteError>(())
/// ```
pub fn to_string<T: Serialize + ?Sized>(value: &T) -> Result<String, WriteError> {
    match value.serialize(Serializer)?.value {
        Value::Table(table) => Ok(table.to_string()),
        other => Err(WriteError::NoTable { found: other.describe() }),
    }
}

/// Makes a value of a type.
#[derive(Clone, Copy, Debug)]
struct Serializer;

fn node(value: Value<'static>) -> Node<'static> {
    Node::new(value, Span::default())
}

fn text(text: &str) -> Node<'static> {
    node(Value::Text(Cow::Owned(text.to_owned())))
}

/// A number of any width, if 64 bits hold it.
fn integer<T: TryInto<i64> + Copy + std::fmt::Display>(number: T) -> Result<Node<'static>, WriteError> {
    let narrow = number.try_into().map_err(|_| WriteError::Number { found: number.to_string() })?;
    Ok(node(Value::Integer(narrow)))
}

/// A table with one key: how a variant with contents is written.
fn variant(name: &'static str, contents: Node<'static>) -> Node<'static> {
    let mut table = Table::default();
    table.push(entry(Cow::Borrowed(name), contents));
    node(Value::Table(table))
}

fn entry(key: Cow<'static, str>, node: Node<'static>) -> crate::value::Entry<'static> {
    crate::value::Entry { key, key_span: Span::default(), node }
}

impl ser::Serializer for Serializer {
    type Ok = Node<'static>;
    type Error = WriteError;
    type SerializeSeq = Items;
    type SerializeTuple = Items;
    type SerializeTupleStruct = Items;
    type SerializeTupleVariant = Wrap<Items>;
    type SerializeMap = Fields;
    type SerializeStruct = Fields;
    type SerializeStructVariant = Wrap<Fields>;

    fn serialize_bool(self, value: bool) -> Result<Self::Ok, WriteError> {
        Ok(node(Value::Boolean(value)))
    }

    fn serialize_i8(self, value: i8) -> Result<Self::Ok, WriteError> {
        integer(value)
    }

    fn serialize_i16(self, value: i16) -> Result<Self::Ok, WriteError> {
        integer(value)
    }

    fn serialize_i32(self, value: i32) -> Result<Self::Ok, WriteError> {
        integer(value)
    }

    fn serialize_i64(self, value: i64) -> Result<Self::Ok, WriteError> {
        integer(value)
    }

    fn serialize_i128(self, value: i128) -> Result<Self::Ok, WriteError> {
        integer(value)
    }

    fn serialize_u8(self, value: u8) -> Result<Self::Ok, WriteError> {
        integer(value)
    }

    fn serialize_u16(self, value: u16) -> Result<Self::Ok, WriteError> {
        integer(value)
    }

    fn serialize_u32(self, value: u32) -> Result<Self::Ok, WriteError> {
        integer(value)
    }

    fn serialize_u64(self, value: u64) -> Result<Self::Ok, WriteError> {
        integer(value)
    }

    fn serialize_u128(self, value: u128) -> Result<Self::Ok, WriteError> {
        integer(value)
    }

    fn serialize_f32(self, value: f32) -> Result<Self::Ok, WriteError> {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Result<Self::Ok, WriteError> {
        if value.is_finite() {
            Ok(node(Value::Float(value)))
        } else {
            Err(WriteError::Number { found: value.to_string() })
        }
    }

    fn serialize_char(self, value: char) -> Result<Self::Ok, WriteError> {
        Ok(text(value.encode_utf8(&mut [0; 4])))
    }

    fn serialize_str(self, value: &str) -> Result<Self::Ok, WriteError> {
        Ok(text(value))
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<Self::Ok, WriteError> {
        let nodes = value.iter().map(|byte| node(Value::Integer(i64::from(*byte))));
        Ok(node(Value::List(nodes.collect())))
    }

    fn serialize_none(self) -> Result<Self::Ok, WriteError> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Self::Ok, WriteError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Self::Ok, WriteError> {
        Ok(node(Value::Null))
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Self::Ok, WriteError> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, name: &'static str) -> Result<Self::Ok, WriteError> {
        Ok(text(name))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Self::Ok, WriteError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        value: &T,
    ) -> Result<Self::Ok, WriteError> {
        Ok(variant(name, value.serialize(self)?))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Items, WriteError> {
        Ok(Items::default())
    }

    fn serialize_tuple(self, _: usize) -> Result<Items, WriteError> {
        Ok(Items::default())
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Items, WriteError> {
        Ok(Items::default())
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<Wrap<Items>, WriteError> {
        Ok(Wrap { name, inner: Items::default() })
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Fields, WriteError> {
        Ok(Fields::default())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Fields, WriteError> {
        Ok(Fields::default())
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<Wrap<Fields>, WriteError> {
        Ok(Wrap { name, inner: Fields::default() })
    }
}
