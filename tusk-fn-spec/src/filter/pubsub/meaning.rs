//! What a filter means, as the documentation has it, for tests: a reader of the part of the language that is written here.
#![allow(clippy::panic, reason = "a failed expectation is a failed test")]

use std::collections::BTreeMap;

/// Whether a filter lets a message with these attributes through.
///
/// # Panics
/// It is written in another way.
pub(crate) fn passes(filter: &str, attributes: &BTreeMap<String, String>) -> bool {
    assert!(filter.len() <= 256, "Pub/Sub takes 256 bytes: {filter}");
    if filter.is_empty() {
        return true;
    }
    let mut reader = Reader { filter, rest: filter, attributes };
    let passes = reader.expression();
    assert!(reader.rest.is_empty(), "{:?} stands at the end of {filter}", reader.rest);
    passes
}

struct Reader<'a> {
    filter: &'a str,
    rest: &'a str,
    attributes: &'a BTreeMap<String, String>,
}

impl Reader<'_> {
    fn take(&mut self, word: &str) -> bool {
        let rest = self.rest.strip_prefix(word);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn expect(&mut self, word: &str) {
        assert!(self.take(word), "{word:?} is to stand before {:?} in {}", self.rest, self.filter);
    }

    /// `AND` and `OR` are not mixed without parentheses.
    fn expression(&mut self) -> bool {
        let mut holds = self.test();
        let word = if self.rest.starts_with(" OR ") { " OR " } else { " AND " };
        while self.take(word) {
            let next = self.test();
            holds = if word == " OR " { holds || next } else { holds && next };
        }
        holds
    }

    fn test(&mut self) -> bool {
        if self.take("NOT ") {
            return !self.test();
        }
        if self.take("(") {
            let holds = self.expression();
            self.expect(")");
            return holds;
        }
        if self.take("hasPrefix(attributes.") {
            let value = self.attribute();
            self.expect(", ");
            let prefix = self.text();
            self.expect(")");
            return value.is_some_and(|value| value.starts_with(&prefix));
        }
        if self.take("attributes:") {
            return self.attribute().is_some();
        }
        self.expect("attributes.");
        let value = self.attribute();
        self.expect(" = ");
        value == Some(self.text())
    }

    /// The value of the attribute that is named.
    fn attribute(&mut self) -> Option<String> {
        let name = if self.rest.starts_with('"') {
            self.text()
        } else {
            let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
            let (name, rest) = self.rest.split_at(self.rest.find(|c| !is_plain(c)).unwrap_or(self.rest.len()));
            let starts = name.starts_with(|c: char| c.is_ascii_alphabetic());
            assert!(starts, "a name is to stand before {:?} in {}", self.rest, self.filter);
            self.rest = rest;
            name.to_owned()
        };
        self.attributes.get(&name).cloned()
    }

    /// A text between quotes, in which `\` stands before `"` and `\`.
    fn text(&mut self) -> String {
        self.expect("\"");
        let mut text = String::new();
        let mut chars = self.rest.chars();
        loop {
            match chars.next() {
                Some('"') => break,
                Some('\\') => match chars.next() {
                    Some(c @ ('"' | '\\')) => text.push(c),
                    other => panic!("`\\` stands before {other:?} in {}", self.filter),
                },
                Some(c) => text.push(c),
                None => panic!("a text does not end in {}", self.filter),
            }
        }
        self.rest = chars.as_str();
        text
    }
}
