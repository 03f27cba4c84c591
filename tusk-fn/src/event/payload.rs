//! What a payload's bytes are read as.

use std::any::type_name;
use std::ops::Deref;

use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::{FromItem, Item, MessageItem, Origin, RecordItem, wrong_item};
use crate::error::{Failure, short_type_name};
use crate::extract::Json;
use crate::private::kind;

/// Types that a payload is read as: what implements `serde::Deserialize`, from JSON, and [`Raw`], which takes what comes.
#[diagnostic::on_unimplemented(
    message = "a payload cannot be read as `{Self}`",
    label = "does not implement `serde::Deserialize`",
    note = "payloads are JSON: derive `serde::Deserialize`, or take `Raw` for the bytes as they are"
)]
pub trait Decode: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// The payload is not such a value. The failure says where.
    fn decode(bytes: &Bytes) -> Result<Self, Failure>;
}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned> Decode for T {
    fn decode(bytes: &Bytes) -> Result<Self, Failure> {
        serde_json::from_slice(bytes).map_err(|error| undecodable::<T>(&discreet(&error)))
    }
}

/// What is wrong with JSON, without the values that serde repeats: they may be anybody's, and failures go to logs and dead
/// letters. What was expected stays, and the place.
pub(crate) fn discreet(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place =
        if error.line() == 0 { String::new() } else { format!(" at line {} column {}", error.line(), error.column()) };
    let message = text.strip_suffix(&place).unwrap_or(&text);
    // What is no JSON at all is described by what stands in its place, never by a value.
    if error.is_syntax() || error.is_eof() { text } else { without_values(message) + &place }
}

/// A message of serde's without the values in it.
pub(crate) fn without_values(message: &str) -> String {
    /// Messages that hold nothing of the payload.
    const HARMLESS: [&str; 3] = ["missing field", "duplicate field", "Expected "];
    /// Messages that hold a value between their first words and what was expected.
    const WITH_VALUE: [&str; 3] = ["invalid value", "invalid length", "unknown variant"];
    let expected = || message.rfind(", expected ").map_or("", |at| &message[at..]);
    if HARMLESS.iter().any(|start| message.starts_with(start)) {
        message.to_owned()
    } else if let Some(found) = message.strip_prefix("invalid type: ") {
        // `string "…"`, `integer `7``: the first word is the type.
        let kind = found.split([' ', ',']).next().unwrap_or_default();
        format!("invalid type: {kind}{}", expected())
    } else if let Some(found) = message.strip_prefix("unknown field `") {
        // A field's name is no value, if it is a name at all: it tells what was misspelt.
        let field = found.split('`').next().filter(|field| is_name(field));
        let field = field.map(|field| format!(" `{field}`")).unwrap_or_default();
        format!("unknown field{field}{}", expected())
    } else if let Some(start) = WITH_VALUE.iter().find(|start| message.starts_with(**start)) {
        format!("{start}{}", expected())
    } else {
        "a value is not what is expected".to_owned()
    }
}

/// Whether a text could be the name of a field that somebody wrote into a program.
fn is_name(text: &str) -> bool {
    text.len() <= 40
        && text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A payload as it came, in place of the `T` of [`Message`](super::Message), [`Record`](super::Record) and
/// [`CloudEvent`](super::CloudEvent): for what is no JSON, and to see also what cannot be read.
///
/// ```
/// use tusk_fn::Raw;
///
/// let raw = Raw::from("{\"id\": 7}");
/// let value: serde_json::Value = raw.json()?;
/// assert_eq!(value["id"], 7);
/// assert!(raw.json::<u32>().is_err());
/// # Ok::<(), tusk_fn::Failure>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Raw(pub Bytes);

impl Raw {
    /// The payload as JSON.
    ///
    /// # Errors
    /// It is not the JSON of a `T`. Returned from a handler, the failure dead-letters the item.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        T::decode(&self.0)
    }

    /// The payload as text.
    ///
    /// # Errors
    /// It is not UTF-8. Returned from a handler, the failure dead-letters the item.
    pub fn text(&self) -> Result<&str, Failure> {
        std::str::from_utf8(&self.0).map_err(|error| undecodable::<String>(&error.to_string()))
    }
}

impl Deref for Raw {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl<T: Into<Bytes>> From<T> for Raw {
    fn from(bytes: T) -> Self {
        Self(bytes.into())
    }
}

impl Decode for Raw {
    fn decode(bytes: &Bytes) -> Result<Self, Failure> {
        Ok(Self(bytes.clone()))
    }
}

/// The failure of a payload that is no `T`, and never will be.
pub(crate) fn undecodable<T>(why: &str) -> Failure {
    let expected = short_type_name(type_name::<T>());
    Failure::new("UndecodablePayload", format!("the payload cannot be read as `{expected}`: {why}")).rejecting()
}

/// The value at a path of keys in a payload of JSON, as JSON text; none where it is not there.
pub(crate) fn value_at(body: &[u8], path: &[String]) -> Option<String> {
    let value: serde_json::Value = serde_json::from_slice(body).ok()?;
    let found = path.iter().try_fold(&value, |value, key| value.get(key))?;
    (!found.is_null()).then(|| found.to_string())
}

/// The bytes of an item that is a payload and little else.
fn body<'a>(item: &'a Item, wanted: &str) -> Result<&'a Bytes, Failure> {
    match item {
        Item::Message(MessageItem { body, .. }) | Item::Record(RecordItem { body, .. }) => Ok(body),
        Item::Blob(_) | Item::Change(_) | Item::Event(_) => Err(wrong_item(wanted, item)),
    }
}

// The simple case: nothing but the payload.
macro_rules! payload_alone {
    ($($kind:ident)*) => {$(
        impl<T: DeserializeOwned> FromItem<kind::$kind> for Json<T> {
            fn from_item(item: &Item, _: &Origin<'_>) -> Result<Self, Failure> {
                T::decode(body(item, "payloads")?).map(Json)
            }
        }

        impl FromItem<kind::$kind> for String {
            fn from_item(item: &Item, _: &Origin<'_>) -> Result<Self, Failure> {
                let bytes = body(item, "payloads")?;
                let text = std::str::from_utf8(bytes).map_err(|error| undecodable::<Self>(&error.to_string()))?;
                Ok(text.to_owned())
            }
        }

        impl FromItem<kind::$kind> for Bytes {
            fn from_item(item: &Item, _: &Origin<'_>) -> Result<Self, Failure> {
                body(item, "payloads").cloned()
            }
        }
    )*};
}
payload_alone! { Queue Topic Stream }

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed expectation is a failed test")]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Card {
        #[expect(dead_code, reason = "only its name matters")]
        number: u32,
    }

    #[derive(Debug, Deserialize)]
    enum Kind {
        Card,
    }

    #[test]
    fn an_error_says_what_was_expected_and_no_value() {
        let said = |failure: Failure| failure.message().to_owned();
        let card = |json: &'static str| said(Card::decode(&Bytes::from_static(json.as_bytes())).unwrap_err());
        for (json, expected) in [
            (r#"{"number": "4111"}"#, "invalid type: string, expected u32 at line 1 column 17"),
            (r#"{"number": "a, expected 4111"}"#, "invalid type: string, expected u32 at line 1 column 29"),
            (r#"{"number": "x at line 4111"}"#, "invalid type: string, expected u32 at line 1 column 27"),
            (r#"{"number": -4111}"#, "invalid value, expected u32 at line 1 column 16"),
            (r#"{"4111": 1}"#, "unknown field, expected `number` at line 1 column 7"),
            (r#"{"a@example.com": 1}"#, "unknown field, expected `number` at line 1 column 16"),
            (r#"{"nmuber": 1}"#, "unknown field `nmuber`, expected `number` at line 1 column 9"),
            ("{}", "missing field `number` at line 1 column 2"),
            (r#"{"number": 4111x}"#, "expected `,` or `}` at line 1 column 16"),
            ("", "EOF while parsing a value at line 1 column 0"),
        ] {
            assert_eq!(card(json), format!("the payload cannot be read as `Card`: {expected}"), "{json}");
        }
        let kind = said(Kind::decode(&Bytes::from_static(b"\"card 4111\"")).unwrap_err());
        assert_eq!(kind, "the payload cannot be read as `Kind`: unknown variant, expected `Card` at line 1 column 11");
        assert_eq!(without_values("`4111` is no date"), "a value is not what is expected");
        let value = serde_json::json!("x at line 4111");
        assert_eq!(discreet(&u32::deserialize(&value).unwrap_err()), "invalid type: string, expected u32");
    }
}
