//! Lists, tables, and variants with contents.

use std::borrow::Cow;

use serde::ser::{self, Serialize};

use super::key::KeySerializer;
use super::{Serializer, WriteError, entry, node, variant};
use crate::value::{Node, Table, Value};

/// A list that is being made.
#[derive(Default)]
pub(super) struct Items(Vec<Node<'static>>);

impl Items {
    fn push<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), WriteError> {
        self.0.push(value.serialize(Serializer)?);
        Ok(())
    }

    fn finish(self) -> Node<'static> {
        node(Value::List(self.0))
    }
}

/// A table that is being made.
#[derive(Default)]
pub(super) struct Fields {
    table: Table<'static>,
    key: Option<String>,
}

impl Fields {
    fn push<T: Serialize + ?Sized>(&mut self, key: Cow<'static, str>, value: &T) -> Result<(), WriteError> {
        if self.table.get(&key).is_some() {
            return Err(WriteError::KeyTwice { key: key.into_owned() });
        }
        self.table.push(entry(key, value.serialize(Serializer)?));
        Ok(())
    }

    fn finish(self) -> Node<'static> {
        node(Value::Table(self.table))
    }
}

/// The contents of a variant that are being made.
pub(super) struct Wrap<I> {
    pub(super) name: &'static str,
    pub(super) inner: I,
}

macro_rules! items {
    ($($path:ident $method:ident),*) => {$(
        impl ser::$path for Items {
            type Ok = Node<'static>;
            type Error = WriteError;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), WriteError> {
                self.push(value)
            }

            fn end(self) -> Result<Node<'static>, WriteError> {
                Ok(self.finish())
            }
        }
    )*};
}

items!(SerializeSeq serialize_element, SerializeTuple serialize_element, SerializeTupleStruct serialize_field);

impl ser::SerializeTupleVariant for Wrap<Items> {
    type Ok = Node<'static>;
    type Error = WriteError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), WriteError> {
        self.inner.push(value)
    }

    fn end(self) -> Result<Node<'static>, WriteError> {
        Ok(variant(self.name, self.inner.finish()))
    }
}

impl ser::SerializeMap for Fields {
    type Ok = Node<'static>;
    type Error = WriteError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), WriteError> {
        self.key = Some(key.serialize(KeySerializer)?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), WriteError> {
        let key = self.key.take().ok_or_else(|| ser::Error::custom("a value is given before its key"))?;
        self.push(Cow::Owned(key), value)
    }

    fn end(self) -> Result<Node<'static>, WriteError> {
        Ok(self.finish())
    }
}

impl ser::SerializeStruct for Fields {
    type Ok = Node<'static>;
    type Error = WriteError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), WriteError> {
        self.push(Cow::Borrowed(key), value)
    }

    fn end(self) -> Result<Node<'static>, WriteError> {
        Ok(self.finish())
    }
}

impl ser::SerializeStructVariant for Wrap<Fields> {
    type Ok = Node<'static>;
    type Error = WriteError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), WriteError> {
        self.inner.push(Cow::Borrowed(key), value)
    }

    fn end(self) -> Result<Node<'static>, WriteError> {
        Ok(variant(self.name, self.inner.finish()))
    }
}
