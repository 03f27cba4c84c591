//! Texts of what Google sends, each with the length that Google itself allows.

use std::borrow::Cow;

use jiff::Timestamp;

use crate::provider::field::{self, Fault, Raw};

/// The longest id that is taken. Google names no limit; its own ids have fewer than 100 bytes.
pub(super) const LONGEST_ID: usize = 1024;

/// A text that must be there, and may not be empty.
pub(super) fn required<'a>(field: Raw<'a>, name: &str, longest: usize) -> Result<Cow<'a, str>, Fault> {
    let text = short(field::text(field, name)?, name, longest)?;
    if text.is_empty() { Err(Fault(format!("`{name}` is empty"))) } else { Ok(text) }
}

/// A text that may be missing; none if it is empty.
pub(super) fn optional<'a>(field: Raw<'a>, name: &str, longest: usize) -> Result<Option<Cow<'a, str>>, Fault> {
    let Some(_) = field else { return Ok(None) };
    let text = short(field::text(field, name)?, name, longest)?;
    Ok(Some(text).filter(|text| !text.is_empty()))
}

/// A moment that may be missing.
pub(super) fn moment(field: Raw<'_>, name: &str) -> Result<Option<Timestamp>, Fault> {
    optional(field, name, LONGEST_ID)?.map(|text| instant(&text, name)).transpose()
}

/// A text as a moment.
pub(super) fn instant(text: &str, name: &str) -> Result<Timestamp, Fault> {
    text.parse().map_err(|_| Fault(format!("`{name}` is {}, which is no moment as RFC 3339 has it", shown(text))))
}

/// A text for an error: the start of it, if it is long.
pub(super) fn shown(text: &str) -> String {
    let start: String = text.chars().take(64).collect();
    let rest = if start.len() < text.len() { "…" } else { "" };
    format!("{start:?}{rest}")
}

/// The text, unless it is longer than Google would send.
pub(super) fn short<T: AsRef<str>>(text: T, name: &str, longest: usize) -> Result<T, Fault> {
    let length = text.as_ref().len();
    if length > longest {
        return Err(Fault(format!("`{name}` has {length} bytes, and {longest} is the most")));
    }
    Ok(text)
}
