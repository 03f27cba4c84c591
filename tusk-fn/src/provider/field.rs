//! Fields of what a service sent, each read by itself.
//!
//! A record is scanned once, which leaves each field that matters as text; it is parsed when it is needed. So an error can name
//! the field that it is about, which serde's own cannot, and a field that nobody needs may be anything.

use std::borrow::Cow;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::event::discreet;

/// A field as it stands there; none if it is missing, or null.
pub(in crate::provider) type Raw<'a> = Option<&'a RawValue>;

/// What is wrong with what a service sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Fault(pub(crate) String);

/// As much of an error as a log or an answer takes. It may repeat what came, which may be of any length.
#[cfg_attr(
    not(any(provider_azure, provider_google, provider_knative)),
    allow(dead_code, reason = "AWS's events are bounded")
)]
pub(in crate::provider) fn short(why: &str) -> &str {
    const LONGEST: usize = 1000;
    &why[..why.floor_char_boundary(LONGEST)]
}

/// Reads an object of which only some fields matter.
pub(in crate::provider) fn object<'a, T: Deserialize<'a>>(text: &'a str, what: &str) -> Result<T, Fault> {
    serde_json::from_str(text).map_err(|error| Fault(format!("{what} cannot be read: {}", discreet(&error))))
}

/// The object in a field.
#[cfg_attr(
    not(any(provider_aws, provider_azure, provider_google)),
    allow(dead_code, reason = "not every service sends such fields")
)]
pub(in crate::provider) fn inner<'a, T: Deserialize<'a>>(field: Raw<'a>, name: &str) -> Result<T, Fault> {
    object(field.ok_or_else(|| missing(name))?.get(), &format!("`{name}`"))
}

/// A field that must be there, and a text.
pub(in crate::provider) fn text<'a>(field: Raw<'a>, name: &str) -> Result<Cow<'a, str>, Fault> {
    field.map_or_else(|| Err(missing(name)), |field| as_text(field, name))
}

fn as_text<'a>(field: &'a RawValue, name: &str) -> Result<Cow<'a, str>, Fault> {
    #[derive(Deserialize)]
    #[serde(transparent)]
    struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
    let text: Text<'a> = serde_json::from_str(field.get())
        .map_err(|error| Fault(format!("`{name}` is no text: {}", discreet(&error))))?;
    Ok(text.0)
}

/// A field that tells more and is not needed: none unless it is a text.
pub(in crate::provider) fn hint(field: Raw<'_>) -> Option<Cow<'_, str>> {
    as_text(field?, "").ok()
}

/// A moment as RFC 3339 has it, if the field is one.
#[cfg_attr(not(any(provider_aws, provider_azure)), allow(dead_code, reason = "not every service sends such fields"))]
pub(in crate::provider) fn moment(field: Raw<'_>) -> Option<Timestamp> {
    hint(field)?.parse().ok()
}

/// A moment in seconds since 1970, whole or not, if the field is one.
#[cfg_attr(not(any(provider_aws, provider_azure)), allow(dead_code, reason = "not every service sends such fields"))]
pub(in crate::provider) fn moment_of_seconds(field: Raw<'_>) -> Option<Timestamp> {
    let seconds: f64 = serde_json::from_str(field?.get()).ok()?;
    #[expect(clippy::cast_possible_truncation, reason = "a cast stops at the ends, which are no moments")]
    Timestamp::from_millisecond((seconds * 1000.0).round() as i64).ok()
}

/// The bytes that a field holds as base64.
pub(in crate::provider) fn base64(field: Raw<'_>, name: &str) -> Result<Bytes, Fault> {
    let text = text(field, name)?;
    let bytes = BASE64_STANDARD.decode(text.as_bytes());
    bytes.map(Bytes::from).map_err(|error| Fault(format!("`{name}` is no base64: {error}")))
}

fn missing(name: &str) -> Fault {
    Fault(format!("`{name}` is missing"))
}

/// The bytes of an event, or of a part of it, as the text that they are.
pub(in crate::provider) fn utf8(bytes: &Bytes) -> Result<&str, Fault> {
    std::str::from_utf8(bytes).map_err(|error| Fault(format!("it is not UTF-8: {error}")))
}

/// A text as bytes: those of `source` where it stands there.
pub(in crate::provider) fn bytes_of(source: &Bytes, text: Cow<'_, str>) -> Bytes {
    match text {
        Cow::Borrowed(text) => shared(source, text),
        Cow::Owned(text) => text.into(),
    }
}

/// A text as bytes: a part of `source` where it stands in it, a copy where it was unescaped.
pub(in crate::provider) fn shared(source: &Bytes, text: &str) -> Bytes {
    let (outer, inner) = (source.as_ptr_range(), text.as_bytes().as_ptr_range());
    if outer.start <= inner.start && inner.end <= outer.end {
        source.slice_ref(text.as_bytes())
    } else {
        Bytes::copy_from_slice(text.as_bytes())
    }
}
