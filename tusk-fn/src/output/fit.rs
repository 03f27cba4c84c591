//! What can be sent to a queue, to a topic and as an event: the strictest of all providers decides, so that what works
//! locally is not refused when deployed.
//!
//! The sources are the references of SQS's `SendMessage` and "Amazon SQS message metadata", of SNS's `Publish` and
//! "Amazon SNS message attributes", and of `PutEvents`. A batch of theirs may fail as a whole
//! for one entry that they do not take, which is one more reason to look before.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

/// SQS: ten attributes of a message. SNS delivers no more to a queue that takes messages as they are.
const MOST_ATTRIBUTES: usize = 10;
/// SQS and SNS: the name of an attribute.
const LONGEST_NAME: usize = 256;
/// SQS: `MessageGroupId` and `MessageDeduplicationId`.
const LONGEST_ID: usize = 128;

/// Why a message cannot be sent with that body, if it cannot.
pub(super) fn body(body: &[u8]) -> Result<(), String> {
    let text = std::str::from_utf8(body).map_err(|_| "what is sent is text: encode bytes in base64".to_owned())?;
    if text.is_empty() {
        return Err("a message has a body: it cannot be empty".to_owned());
    }
    characters("the body", text)
}

/// Why an event cannot have that data, if it cannot: `EventBridge` takes objects only.
pub(super) fn data(data: &[u8]) -> Result<(), String> {
    let is_object = serde_json::from_slice(data).is_ok_and(|data: &RawValue| data.get().starts_with('{'));
    if is_object { Ok(()) } else { Err("an event's data is a JSON object: send a struct or a map".to_owned()) }
}

/// Why a message cannot have these attributes, if it cannot.
pub(super) fn attributes(attributes: &BTreeMap<String, String>) -> Result<(), String> {
    if attributes.len() > MOST_ATTRIBUTES {
        return Err(format!(
            "a message has {MOST_ATTRIBUTES} attributes at most, and this one has {}",
            attributes.len()
        ));
    }
    for (name, value) in attributes {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
        if name.is_empty() || name.len() > LONGEST_NAME || !name.bytes().all(is_plain) {
            return Err(format!(
                "{name:?} cannot be an attribute's name: it has 1 to {LONGEST_NAME} letters, digits, `_`, `-` and `.`"
            ));
        }
        if name.starts_with('.') || name.ends_with('.') || name.contains("..") {
            return Err(format!("`{name}` cannot be an attribute's name: a `.` stands between two other characters"));
        }
        let lower = name.to_ascii_lowercase();
        if lower.starts_with("aws.") || lower.starts_with("amazon.") {
            return Err(format!("`{name}` cannot be an attribute's name: what begins so is AWS's"));
        }
        if value.is_empty() {
            return Err(format!("the attribute `{name}` is empty; leave it out"));
        }
        characters(&format!("the attribute `{name}`"), value)?;
    }
    Ok(())
}

/// Why a group or a deduplication id, as `what` says, cannot be that, if it cannot.
pub(super) fn id(what: &str, id: &str) -> Result<(), String> {
    let is_sound = (1..=LONGEST_ID).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
    let why =
        || format!("{id:?} cannot be {what}: it has 1 to {LONGEST_ID} letters, digits and signs of ASCII, no blanks");
    if is_sound { Ok(()) } else { Err(why()) }
}

/// Whether messages may have the character: XML 1.0 has not all of them, and neither have SQS and SNS.
pub(crate) const fn is_of_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}

/// A text is not repeated: it may be what a user keeps secret.
fn characters(what: &str, text: &str) -> Result<(), String> {
    match text.chars().find(|&c| !is_of_xml(c)) {
        Some(c) => Err(format!("{what} has the character U+{:04X}, which messages cannot have", u32::from(c))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(result: Result<(), String>) -> String {
        result.err().unwrap_or_default()
    }

    #[test]
    fn a_body_is_text_that_xml_can_have() {
        for (text, why) in [
            ("\t\r\n ~\u{7f}\u{85}\u{d7ff}\u{e000}\u{fffd}\u{10000}\u{10ffff}", ""),
            ("", "a message has a body: it cannot be empty"),
            ("a\u{0}", "the body has the character U+0000, which messages cannot have"),
            ("a\u{1b}[0m", "the body has the character U+001B, which messages cannot have"),
            ("a\u{ffff}", "the body has the character U+FFFF, which messages cannot have"),
        ] {
            assert_eq!(said(body(text.as_bytes())), why, "{text:?}");
        }
        assert_eq!(said(body(b"\xff")), "what is sent is text: encode bytes in base64");
    }

    #[test]
    fn the_data_of_an_event_is_an_object() {
        for (text, fits) in
            [("{}", true), ("{\"a\":[1]}", true), ("[]", false), ("7", false), ("", false), ("{", false)]
        {
            assert_eq!(data(text.as_bytes()).is_ok(), fits, "{text}");
        }
    }

    #[test]
    fn attributes_are_those_of_sqs_and_sns() {
        for (name, value, why) in [
            ("a.B-c_9", "x", ""),
            ("", "x", "letters"),
            ("a b", "x", "letters"),
            ("\u{e4}", "x", "letters"),
            (".a", "x", "stands between"),
            ("a.", "x", "stands between"),
            ("a..b", "x", "stands between"),
            ("AWS.a", "x", "is AWS's"),
            ("amazon.a", "x", "is AWS's"),
            ("a", "", "is empty"),
            ("a", "\u{8}", "the attribute `a` has the character U+0008"),
            (&"a".repeat(257), "x", "256"),
        ] {
            let found = said(attributes(&[(name.to_owned(), value.to_owned())].into()));
            assert!(found.contains(why) && found.is_empty() == why.is_empty(), "{name:?}={value:?}: {found}");
        }
        let many = |count: u32| (0..count).map(|at| (format!("a{at}"), "x".to_owned())).collect();
        assert!(attributes(&many(10)).is_ok() && attributes(&many(11)).is_err());
    }

    #[test]
    fn an_id_is_short_and_ascii() {
        for (text, fits) in [("a!~", true), ("", false), ("a b", false), ("\u{e4}", false)] {
            assert_eq!(id("a group", text).is_ok(), fits, "{text}");
        }
        assert!(id("a group", &"g".repeat(128)).is_ok() && id("a group", &"g".repeat(129)).is_err());
    }
}
