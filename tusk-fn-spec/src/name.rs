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
pub(crate) fn is_keyword(identifier: &str) -> bool {
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
