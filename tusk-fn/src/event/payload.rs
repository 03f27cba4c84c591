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
        serde_json::from_slice(bytes).map_err(|error| undecodable::<T>(&error.to_string()))
    }
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
