//! Names of functions, and names that are safe to put where only an identifier may stand.

use std::fmt::Write as _;

/// The longest name: a Knative service is a DNS label, and that is the strictest limit of all providers.
pub const LONGEST: usize = 63;

/// The default name of a function: its identifier with `_` as `-`.
pub fn from_identifier(identifier: &str) -> String {
    identifier.replace('_', "-")
}

/// The first byte at which `name` is no function name, or `None` if it is one: an ASCII letter, then letters, digits,
/// `-` and `_`, not ending in `-` or `_`.
pub fn fault_at(name: &str) -> Option<usize> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    match name.chars().next() {
        Some(first) if first.is_ascii_alphabetic() => {}
        _ => return Some(0),
    }
    if let Some((at, _)) = name.char_indices().find(|(_, c)| !allowed(*c)) {
        return Some(at);
    }
    name.ends_with(['-', '_']).then(|| name.len() - 1)
}

/// Whether an identifier is a keyword, which source code writes with `r#`.
pub fn is_keyword(identifier: &str) -> bool {
    const KEYWORDS: &[&str] = &[
        "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum",
        "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod",
        "move", "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait", "true", "try", "type",
        "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
    ];
    KEYWORDS.contains(&identifier)
}

/// Whether a word is a keyword that cannot be an identifier even with `r#`.
pub(crate) fn is_path_keyword(word: &str) -> bool {
    matches!(word, "self" | "Self" | "super" | "crate" | "_")
}

/// Whether a text can be the name of an argument.
pub(crate) fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    let starts = chars.next().is_some_and(|c| c.is_ascii_alphabetic() || (c == '_' && name.len() > 1));
    starts && chars.all(|c| c.is_ascii_alphanumeric() || c == '_') && !is_path_keyword(name)
}

/// An identifier that is as much as possible like a text that is none.
pub(crate) fn as_identifier(name: &str) -> Option<String> {
    // What follows a colon is a type or a pattern, as other frameworks have them.
    let name = name.split(':').next().unwrap_or_default();
    let name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let name = name.trim_matches('_').to_owned();
    is_identifier(&name).then_some(name)
}

/// The longest name of a queue, topic, bucket, table, stream or secret.
pub const LONGEST_RESOURCE: usize = 63;

/// What such a name is made of.
pub(crate) const RESOURCE_RULE: &str =
    "a name has small letters, digits and `-` between them, and begins with a letter, such as `new-orders`";

/// The first byte at which `name` is no logical name of a resource, or `None` if it is one.
///
/// It is what all providers take for all kinds of resource: a DNS label that begins with a letter.
pub fn resource_fault_at(name: &str) -> Option<usize> {
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Some(0);
    }
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if let Some((at, _)) = name.char_indices().find(|(_, c)| !allowed(*c)) {
        return Some(at);
    }
    if let Some(at) = name.find("--") {
        return Some(at + 1);
    }
    if name.len() > LONGEST_RESOURCE {
        return Some(LONGEST_RESOURCE);
    }
    name.ends_with('-').then(|| name.len() - 1)
}

/// A resource's name that is as much as possible like a text that is none.
pub(crate) fn resource_like(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut small = false;
    for c in text.chars() {
        if c.is_ascii_uppercase() && small {
            out.push('-');
        }
        small = c.is_ascii_lowercase() || c.is_ascii_digit();
        out.push(if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' });
    }
    let words: Vec<&str> = out.split('-').filter(|word| !word.is_empty()).collect();
    let name = words.join("-");
    resource_fault_at(&name).is_none().then_some(name)
}

/// Encodes any text as an identifier's tail, so that two texts become one identifier only if they are equal.
///
/// Letters and digits stand for themselves, `_` is doubled, and everything else is a word between two underscores.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' => out.push(c),
            '_' => out.push_str("__"),
            '/' => out.push_str("_slash_"),
            '-' => out.push_str("_dash_"),
            // In a route, `<` stands only for a parameter, and `>` always follows.
            '<' => out.push_str("_param_"),
            '>' => {}
            other => {
                let _ = write!(out, "_x{:x}_", u32::from(other));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked_where_they_fail() {
        assert_eq!(fault_at("users"), None);
        assert_eq!(fault_at("a-b_c9"), None);
        assert_eq!(fault_at(""), Some(0));
        assert_eq!(fault_at("9a"), Some(0));
        assert_eq!(fault_at("a b"), Some(1));
        assert_eq!(fault_at("aä"), Some(1));
        assert_eq!(fault_at("a-"), Some(1));
    }

    #[test]
    fn names_of_resources_are_checked_where_they_fail() {
        assert_eq!(resource_fault_at("new-orders2"), None);
        assert_eq!(resource_fault_at(""), Some(0));
        assert_eq!(resource_fault_at("2a"), Some(0));
        assert_eq!(resource_fault_at("Orders"), Some(0));
        assert_eq!(resource_fault_at("new_orders"), Some(3));
        assert_eq!(resource_fault_at("a--b"), Some(2));
        assert_eq!(resource_fault_at("a-"), Some(1));
        assert_eq!(resource_fault_at(&"a".repeat(64)), Some(63));
        assert_eq!(resource_like("NewOrders").as_deref(), Some("new-orders"));
        assert_eq!(resource_like("new_orders ").as_deref(), Some("new-orders"));
        assert_eq!(resource_like("9"), None);
    }

    #[test]
    fn encoding_keeps_different_texts_apart() {
        let texts = [
            "users",
            "users/<>",
            "users/param",
            "users/_param_",
            "users/<..>",
            "a-b",
            "a_b",
            "a__b",
            "a/b",
            "a_slash_b",
            "a_dash_b",
            "adashb",
            "a.b",
            "a_x2e_b",
            "a%2fb",
            "ä",
            "_x2e_",
            ".",
        ];
        let encoded: std::collections::BTreeSet<String> = texts.iter().map(|text| encode(text)).collect();
        assert_eq!(encoded.len(), texts.len(), "{encoded:?}");
    }
}
