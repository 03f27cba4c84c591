//! Lists, tables and the variants of enums.

use std::slice::Iter;

use serde::de::{self, DeserializeSeed, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor};

use super::Deserializer;
use super::key::KeyDeserializer;
use crate::error::Error;
use crate::source::Source;
use crate::value::{Entry, Node};

/// The elements of a list.
pub(super) struct Elements<'t, 's> {
    pub(super) nodes: Iter<'t, Node<'s>>,
    pub(super) sources: &'t [Source],
}

impl<'s> SeqAccess<'s> for &mut Elements<'_, 's> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'s>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        self.nodes.next().map(|node| seed.deserialize(Deserializer::new(node, self.sources))).transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.nodes.len())
    }
}

/// The entries of a table.
pub(super) struct Entries<'t, 's> {
    rest: Iter<'t, Entry<'s>>,
    current: Option<&'t Entry<'s>>,
    sources: &'t [Source],
}

impl<'t, 's> Entries<'t, 's> {
    pub(super) fn new(entries: &'t [Entry<'s>], sources: &'t [Source]) -> Self {
        Self { rest: entries.iter(), current: None, sources }
    }
}

impl<'s> MapAccess<'s> for Entries<'_, 's> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'s>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        self.current = self.rest.next();
        let Some(entry) = self.current else { return Ok(None) };
        let read = seed.deserialize(KeyDeserializer { key: &entry.key });
        read.map(Some).map_err(|error| error.or_at(self.sources, entry.key_span))
    }

    fn next_value_seed<V: DeserializeSeed<'s>>(&mut self, seed: V) -> Result<V::Value, Error> {
        match self.current {
            Some(entry) => seed.deserialize(Deserializer::new(&entry.node, self.sources)),
            None => Err(de::Error::custom("a value is taken before its key")),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

/// A variant with what it holds: a table with one key.
pub(super) struct Variant<'t, 's> {
    pub(super) entry: &'t Entry<'s>,
    pub(super) sources: &'t [Source],
}

impl<'t, 's> EnumAccess<'s> for Variant<'t, 's> {
    type Error = Error;
    type Variant = Deserializer<'t, 's>;

    fn variant_seed<V: DeserializeSeed<'s>>(self, seed: V) -> Result<(V::Value, Self::Variant), Error> {
        let name = seed.deserialize(KeyDeserializer { key: &self.entry.key });
        let name = name.map_err(|error| error.or_at(self.sources, self.entry.key_span))?;
        Ok((name, Deserializer::new(&self.entry.node, self.sources)))
    }
}

impl<'s> VariantAccess<'s> for Deserializer<'_, 's> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        de::Deserialize::deserialize(self)
    }

    fn newtype_variant_seed<T: DeserializeSeed<'s>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'s>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        de::Deserializer::deserialize_any(self, visitor)
    }

    fn struct_variant<V: Visitor<'s>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        de::Deserializer::deserialize_any(self, visitor)
    }
}
