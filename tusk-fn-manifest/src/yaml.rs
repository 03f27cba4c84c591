//! A tree of values in the order in which they are to be read, and its text.
//!
//! The order of a template's keys is part of what makes it pleasant to read, so the tree keeps it, which `serde_json`'s does
//! only by a feature that would change it for every crate of a program.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_saphyr::{SingleQuoted, SpaceAfter, Tagged, ser_options};

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tree {
    Text(String),
    Number(u64),
    Signed(i64),
    Bool(bool),
    List(Vec<Self>),
    Map(Vec<(String, Self)>),
    /// `!Tag text`.
    Tagged(&'static str, String),
    /// The value, and an empty line.
    Spaced(Box<Self>),
}

impl Tree {
    /// The same with an empty line behind it.
    pub(crate) fn spaced(self) -> Self {
        Self::Spaced(Box::new(self))
    }

    /// Whether it is a map whose `Type` is this.
    pub(crate) fn is_of_type(&self, kind: &str) -> bool {
        let is_type =
            |(key, value): &(String, Self)| key == "Type" && matches!(value, Self::Text(text) if text == kind);
        matches!(self, Self::Map(entries) if entries.iter().any(is_type))
    }
}

impl From<&str> for Tree {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Tree {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Vec<Self>> for Tree {
    fn from(items: Vec<Self>) -> Self {
        Self::List(items)
    }
}

impl From<u64> for Tree {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Tree {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl<T: Into<Self>, const N: usize> From<[T; N]> for Tree {
    fn from(items: [T; N]) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }
}

/// A map with these keys.
pub(crate) fn map<const N: usize>(pairs: [(&str, Tree); N]) -> Tree {
    Tree::Map(entries(pairs))
}

/// The entries of a map, for more to come.
pub(crate) fn entries<const N: usize>(pairs: [(&str, Tree); N]) -> Vec<(String, Tree)> {
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

impl Serialize for Tree {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) if is_like_json(text) => SingleQuoted(text.as_str()).serialize(serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) => serializer.serialize_u64(*number),
            Self::Signed(number) => serializer.serialize_i64(*number),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::List(items) => serializer.collect_seq(items),
            Self::Map(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, value) in entries {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
            Self::Tagged(tag, text) if is_like_json(text) => {
                Tagged(SingleQuoted(text.as_str()), Some((*tag).to_owned())).serialize(serializer)
            }
            Self::Tagged(tag, text) => Tagged(text.as_str(), Some((*tag).to_owned())).serialize(serializer),
            Self::Spaced(value) => SpaceAfter(value.as_ref()).serialize(serializer),
        }
    }
}

/// JSON within YAML reads best between single quotes, which know no escapes.
fn is_like_json(text: &str) -> bool {
    text.contains('"') && text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// The tree's text.
pub(crate) fn write(tree: &Tree) -> Result<String, serde_saphyr::ser::Error> {
    let options = ser_options! { compact_list_indent: false, prefer_block_scalars: false };
    serde_saphyr::to_string_with_options(tree, options)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed expectation is a failed test")]
mod tests {
    use super::*;

    #[test]
    fn what_yaml_reads_otherwise_is_quoted() {
        for text in ["on", "no", "y", "null", "1e3", "12:30:45", "2012-10-17", "0x10", "", "~", "=", "<<"] {
            assert_eq!(write(&map([("key", text.into())])).unwrap(), format!("key: \"{text}\"\n"));
        }
    }

    #[test]
    fn json_stands_between_single_quotes_and_tags_before_texts() {
        let tree = map([
            ("json", r#"{"a":"it's"}"#.into()),
            ("arn", Tree::Tagged("!GetAtt", "Queue.Arn".to_owned())),
            ("sub", Tree::Tagged("!Sub", r#"{"a":"${B}"}"#.to_owned())),
            ("list", [Tree::from(1), Tree::from(true)].into()),
        ]);
        assert_eq!(
            write(&tree).unwrap(),
            "json: '{\"a\":\"it''s\"}'\narn: !GetAtt Queue.Arn\nsub: !Sub '{\"a\":\"${B}\"}'\nlist:\n  - 1\n  - true\n"
        );
    }

    proptest::proptest! {
        #[test]
        fn every_text_is_read_back(text in "\\PC*|[ \"'\\\\:#\n\t-]*|.*") {
            let written = write(&map([("key", text.as_str().into())])).unwrap();
            let read: std::collections::BTreeMap<String, String> = serde_saphyr::from_str(&written).unwrap();
            proptest::prop_assert_eq!(&read["key"], &text);
        }
    }
}
