//! What Cosmos DB makes of an item: how its key is written as an id, and which fields are the service's own.
//!
//! An id has no `/`, `\`, `?` and `#` ("Azure Cosmos DB service quotas"). Over HTTP it has still fewer: control characters, `%`,
//! and a blank at the end can be created and then neither read nor deleted (the service's own .NET SDK lists it in
//! `CosmosItemIdEncodingTestsBase.cs`), and a path loses the segments `.` and `..`. Each such character is written as `=`
//! and its two hexadecimal digits. So is a `=` that would be read as the beginning of one, and no other: ids of other programs
//! stay what they are.

#[cfg(any(test, feature = "azure-clients"))]
use std::fmt::Write as _;

use serde_json::{Map, Value};

/// What the service adds to a document.
pub(super) const SYSTEM: [&str; 6] = ["_rid", "_self", "_etag", "_ts", "_attachments", "_lsn"];

/// The longest id, in bytes.
#[cfg(any(test, feature = "azure-clients"))]
const LONGEST: usize = 1023;

/// A key as an id.
///
/// # Errors
/// No id can stand for it.
#[cfg(any(test, feature = "azure-clients"))]
pub(super) fn id(key: &str) -> Result<String, String> {
    let is_dots = matches!(key, "." | "..");
    let mut id = String::with_capacity(key.len());
    for (at, c) in key.char_indices() {
        let rest = &key[at + c.len_utf8()..];
        let is_escaped = match c {
            '=' => code(rest).is_some(),
            '.' => is_dots,
            ' ' => rest.is_empty(),
            _ => is_forbidden(c),
        };
        if is_escaped {
            // Writing to a text does not fail.
            let _ = write!(id, "={:02X}", u32::from(c));
        } else {
            id.push(c);
        }
    }
    match id.len() {
        0 => Err("an item's key cannot be empty".to_owned()),
        1..=LONGEST => Ok(id),
        more => {
            Err(format!("an item's key has at most {LONGEST} bytes as Cosmos DB writes it, and this one has {more}"))
        }
    }
}

/// The key that an id stands for.
pub(super) fn key(id: &str) -> String {
    let mut key = String::with_capacity(id.len());
    let mut rest = id;
    while let Some((before, after)) = rest.split_once('=') {
        key.push_str(before);
        if let Some(c) = code(after) {
            key.push(c);
            rest = &after[2..];
        } else {
            key.push('=');
            rest = after;
        }
    }
    key + rest
}

/// The character whose digits a text begins with, if it is one that is ever written so.
fn code(text: &str) -> Option<char> {
    let digits = text.get(..2).filter(|digits| digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'A'..=b'F')))?;
    let c = char::from(u8::from_str_radix(digits, 16).ok()?);
    (is_forbidden(c) || matches!(c, '=' | '.' | ' ')).then_some(c)
}

fn is_forbidden(c: char) -> bool {
    c.is_ascii_control() || matches!(c, '/' | '\\' | '?' | '#' | '%')
}

/// A document as the item that a program knows: with its key as it was given, and without what the service added.
pub(super) fn item(mut fields: Map<String, Value>) -> Map<String, Value> {
    for name in SYSTEM {
        fields.remove(name);
    }
    if let Some(Value::String(id)) = fields.get_mut(crate::output::KEY) {
        *id = key(id);
    }
    fields
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_id_has_only_what_the_service_reads_again() {
        for (given, expected) in [
            ("a-1_b.c:d@e,f g+h&i\u{e9}", "a-1_b.c:d@e,f g+h&i\u{e9}"),
            ("orders/7", "orders=2F7"),
            ("a\\b?c#d%20", "a=5Cb=3Fc=23d=2520"),
            ("a\n\u{7f}", "a=0A=7F"),
            (" a ", " a=20"),
            ("  ", " =20"),
            (".", "=2E"),
            ("..", "=2E=2E"),
            ("...", "..."),
            ("YQ==", "YQ=="),
            ("=2F", "=3D2F"),
            ("=2f", "=2f"),
            ("=41", "=41"),
            ("=/", "==2F"),
            ("=2/", "=2=2F"),
        ] {
            assert_eq!(id(given).as_deref(), Ok(expected), "{given:?}");
            assert_eq!(key(expected), given, "{expected:?}");
        }
        assert_eq!(id("").expect_err("empty"), "an item's key cannot be empty");
        assert!(id(&"a".repeat(1023)).is_ok());
        let long = id(&"/".repeat(342)).expect_err("three bytes each");
        assert!(long.ends_with("and this one has 1026"), "{long}");
    }

    proptest! {
        #[test]
        fn a_key_is_read_back(given in "[ =./%#2357DEFa-c\u{e9}\n]{1,12}") {
            let id = id(&given).expect("an id");
            prop_assert_eq!(key(&id), given);
            prop_assert!(!id.contains(['/', '\\', '?', '#', '%', '\n']) && !id.ends_with(' '));
        }
    }

    #[test]
    fn an_item_has_nothing_of_the_service() {
        let read = serde_json::json!({
            "id": "a=2Fb", "pieces": 3, "_rid": "r", "_self": "s", "_etag": "e", "_ts": 1, "_attachments": "attachments/", "_lsn": 4,
            "_mine": 1,
        });
        let Value::Object(fields) = read else { panic!("an object") };
        assert_eq!(Value::Object(item(fields)), serde_json::json!({ "id": "a/b", "pieces": 3, "_mine": 1 }));
    }
}
