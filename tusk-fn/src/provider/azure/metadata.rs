//! What may be believed of `Metadata`.
//!
//! Where a payload is a text that is a JSON object, the host copies its top-level members (all but lists) over the
//! metadata of the same names, whose case does not count (`Utility.ApplyBindingData`; the extensions' own names are in
//! dictionaries that ignore case). So a message `{"id": 7}` has the `Id` 7, whatever its id is. The host does that with
//! a parser that takes more than JSON.
//!
//! The payload is there to be compared with: of what stands in it, nothing in the metadata is believed. Where the
//! payload is bytes, an object of the host's, or several payloads, nothing is copied. What is left is used for a
//! message's id and attributes, its group, its time and how often it was tried. It never decides which function runs
//! (that is the path), nor what is acknowledged (an invocation is, as a whole).

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::wire::{list, unwrapped};
use crate::provider::field::{self, Fault};

/// The names that a payload may have put over the host's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shadow {
    /// None.
    None,
    /// These, in small letters.
    Of(Vec<String>),
    /// It cannot be told which.
    All,
}

impl Shadow {
    /// Of a payload that is a text.
    pub(super) fn of(payload: &str) -> Self {
        let trimmed = payload.trim();
        if !(trimmed.starts_with('{') && trimmed.ends_with('}')) {
            return Self::None;
        }
        match serde_json::from_str::<BTreeMap<String, &RawValue>>(trimmed) {
            Ok(members) => Self::Of(members.into_keys().map(|name| name.to_lowercase()).collect()),
            Err(_) => Self::All,
        }
    }

    fn covers(&self, name: &str) -> bool {
        match self {
            Self::None => false,
            Self::Of(names) => names.iter().any(|other| *other == name.to_lowercase()),
            Self::All => true,
        }
    }
}

/// What the host says about a payload.
pub(super) struct Metadata<'a> {
    values: BTreeMap<String, &'a RawValue>,
    shadow: Shadow,
}

impl<'a> Metadata<'a> {
    pub(super) fn new(values: BTreeMap<String, &'a RawValue>, shadow: Shadow) -> Self {
        Self { values, shadow }
    }

    /// A value of the host's own.
    fn raw(&self, name: &str) -> Option<&'a RawValue> {
        if self.shadow.covers(name) {
            return None;
        }
        let exact = self.values.get(name);
        let alike = || self.values.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value);
        exact.or_else(alike).copied().filter(|value| value.get() != "null")
    }

    /// Whether the payload stands before the host's own value.
    pub(super) fn is_shadowed(&self, name: &str) -> bool {
        self.shadow.covers(name)
    }

    /// Whether the host says something of that name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }

    /// A text, a number or a truth value, as text.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, Fault> {
        self.raw(name).map(|value| scalar(value.get(), &named(name))).transpose().map(Option::flatten)
    }

    /// The same, which must be there.
    pub(super) fn required(&self, name: &str) -> Result<String, Fault> {
        self.text(name)?.ok_or_else(|| Fault(format!("`{}` is missing", named(name))))
    }

    /// A number that counts.
    pub(super) fn count(&self, name: &str) -> Result<Option<u32>, Fault> {
        let counted = |text: String| count(&text, &named(name));
        self.text(name)?.map(counted).transpose()
    }

    /// A moment, if it is one.
    pub(super) fn moment(&self, name: &str) -> Option<Timestamp> {
        moment(&self.text(name).ok()??)
    }

    /// An object, read as a `T`.
    pub(super) fn object<T: for<'t> Deserialize<'t>>(&self, name: &str) -> Result<Option<T>, Fault> {
        let Some(value) = self.raw(name) else { return Ok(None) };
        let name = named(name);
        field::object(&unwrapped(value.get(), &name)?, &format!("`{name}`")).map(Some)
    }

    /// What the host says of each of several payloads: as many values as there are, none where it is null.
    pub(super) fn each(&self, name: &str, count: usize) -> Result<Option<Vec<Option<String>>>, Fault> {
        let name = format!("{name}Array");
        let Some(value) = self.raw(&name) else { return Ok(None) };
        let name = named(&name);
        let text = unwrapped(value.get(), &name)?;
        let values = list(&text, &name)?;
        if values.len() != count {
            return Err(Fault(format!("`{name}` has {} values, and `Data` has {count}", values.len())));
        }
        let plain = |value: &RawValue| match serde_json::from_str(value.get()) {
            Ok(Value::Null) => None,
            Ok(Value::String(text)) => Some(text),
            _ => Some(value.get().to_owned()),
        };
        Ok(Some(values.into_iter().map(plain).collect()))
    }

    /// How often the host's retry policy has tried the invocation before (`RetryContext`, which the host adds last).
    pub(super) fn retries(&self) -> u32 {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Retry {
            retry_count: u32,
        }
        self.object::<Retry>("RetryContext").ok().flatten().map_or(0, |retry| retry.retry_count)
    }
}

fn named(name: &str) -> String {
    format!("Metadata.{name}")
}

/// A number that counts, out of a text.
pub(super) fn count(text: &str, name: &str) -> Result<u32, Fault> {
    let fault = |_| Fault(format!("`{name}` is {text:?}, and must be a whole number"));
    text.trim().parse::<u64>().map(|count| u32::try_from(count).unwrap_or(u32::MAX)).map_err(fault)
}

/// A scalar as text. Of a text, the host sends the JSON as a text; of a number as well.
fn scalar(json: &str, name: &str) -> Result<Option<String>, Fault> {
    match serde_json::from_str(json) {
        Ok(Value::Null) => Ok(None),
        Ok(Value::String(text)) => Ok(match serde_json::from_str(&text) {
            Ok(Value::String(inner)) => Some(inner),
            Ok(Value::Null) => None,
            _ => Some(text),
        }),
        Ok(value @ (Value::Number(_) | Value::Bool(_))) => Ok(Some(value.to_string())),
        _ => Err(Fault(format!("`{name}` is a list or an object, and must be a text, a number or a truth value"))),
    }
}

/// A moment as the host writes it: with an offset, or without one in UTC (`DateTime.Parse` of a `DateTime` loses it).
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    let with_offset = text.parse::<Timestamp>().ok();
    with_offset.or_else(|| Some(text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp()))
}

/// What was said of a message by its sender, as text.
pub(super) fn attributes(properties: BTreeMap<Cow<'_, str>, Value>) -> BTreeMap<String, String> {
    let text = |value| match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    };
    properties.into_iter().filter_map(|(name, value)| Some((name.into_owned(), text(value)?))).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed expectation is a failed test")]
mod tests {
    use super::*;

    fn with<T>(metadata: &Value, payload: &str, read: impl FnOnce(&Metadata<'_>) -> T) -> T {
        let text = metadata.to_string();
        read(&Metadata::new(serde_json::from_str(&text).unwrap(), Shadow::of(payload)))
    }

    #[test]
    fn what_a_payload_may_have_put_over_the_hosts_words_is_not_believed() {
        let metadata = serde_json::json!({"Id": "\"7\"", "DequeueCount": "3", "PopReceipt": "\"r\""});
        let id = |payload: &str| with(&metadata, payload, |metadata| metadata.text("Id").unwrap());
        for payload in ["hello", "[1]", "{\"x\":1}", "", "\"{}\"", "{\"x\":{\"id\":1}}"] {
            assert_eq!(id(payload).as_deref(), Some("7"), "{payload}");
        }
        for payload in ["{\"id\":7}", " {\"ID\":{}}\n", "{\"a\":1,\"Id\":null}", "{Id: 7}", "{'Id': 7}", "{\"Id\":7,}"]
        {
            assert_eq!(id(payload), None, "{payload}");
        }
    }

    #[test]
    fn a_value_is_told_however_it_is_written() {
        let metadata = serde_json::json!({
            "a": "\"x\"", "b": "x", "c": "5", "d": 5, "e": true, "f": null, "g": "null", "h": {"x": 1}, "i": "[1]",
                "Dequeuecount": "5",
            "jArray": "[\"x\",null,7]", "k": "-1", "t": "2026-01-31T12:00:00", "u": "2026-01-31T13:00:00+01:00",
                "o": "{\"x\":1}"
        });
        with(&metadata, "", |metadata| {
            let text = |name: &str| metadata.text(name).map_err(|Fault(why)| why);
            for (name, expected) in [
                ("a", Some("x")),
                ("b", Some("x")),
                ("c", Some("5")),
                ("d", Some("5")),
                ("e", Some("true")),
                ("f", None),
                ("g", None),
                ("z", None),
            ] {
                assert_eq!(text(name).unwrap().as_deref(), expected, "{name}");
            }
            assert_eq!(
                text("h").unwrap_err(),
                "`Metadata.h` is a list or an object, and must be a text, a number or a truth value"
            );
            assert_eq!(metadata.count("DequeueCount").unwrap(), Some(5));
            assert_eq!(metadata.count("k").unwrap_err().0, "`Metadata.k` is \"-1\", and must be a whole number");
            let noon: Timestamp = "2026-01-31T12:00:00Z".parse().unwrap();
            assert_eq!(
                (metadata.moment("t"), metadata.moment("u"), metadata.moment("b")),
                (Some(noon), Some(noon), None)
            );
            let each = metadata.each("j", 3).unwrap().unwrap();
            assert_eq!(each, [Some("x".to_owned()), None, Some("7".to_owned())]);
            assert_eq!(metadata.each("j", 2).unwrap_err().0, "`Metadata.jArray` has 3 values, and `Data` has 2");
            assert_eq!(metadata.object::<Value>("h").unwrap(), metadata.object::<Value>("o").unwrap());
        });
    }
}
