//! The id of a document, and the key of an item that it stands for.
//!
//! They are the same, but for keys that cannot be ids ("Usage and limits", "Collections, documents, and fields"): the empty
//! one, `.` and `..`, those like `__a__`, and those with a `/`. The id of such a key, and of one that begins with `%`, is a
//! `%` and the key, in which `%2F` stands for `/` and `%25` for `%`.

use std::borrow::Cow;

/// The id of the document under that key.
pub(crate) fn id_of(key: &str) -> Cow<'_, str> {
    let is_reserved = key.len() >= 4 && key.starts_with("__") && key.ends_with("__");
    if matches!(key, "" | "." | "..") || is_reserved || key.starts_with('%') || key.contains('/') {
        Cow::Owned(format!("%{}", key.replace('%', "%25").replace('/', "%2F")))
    } else {
        Cow::Borrowed(key)
    }
}

/// The key of the document with that id. An id that is none of ours is its key.
pub(super) fn of_id(id: &str) -> String {
    let key = id.strip_prefix('%').map(|rest| rest.replace("%2F", "/").replace("%25", "%"));
    key.filter(|key| id_of(key) == id).unwrap_or_else(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_key_is_its_documents_id_where_it_can_be() {
        for (key, id) in [
            ("a", "a"),
            ("50%", "50%"),
            ("a b\u{e9}.", "a b\u{e9}."),
            ("...", "..."),
            ("__a", "__a"),
            ("___", "___"),
            ("", "%"),
            (".", "%."),
            ("..", "%.."),
            ("____", "%____"),
            ("__a__", "%__a__"),
            ("a/b%", "%a%2Fb%25"),
            ("/", "%%2F"),
            ("%", "%%25"),
            ("%2F", "%%252F"),
        ] {
            assert_eq!(id_of(key), id, "{key}");
            assert_eq!(of_id(id), key, "{id}");
        }
        // Another program's, which no key of ours stands for.
        for id in ["%a", "%a%2f", "%%", "%2F"] {
            assert_eq!(of_id(id), id);
        }
    }

    proptest! {
        #[test]
        fn every_key_comes_back(key in "[%/._2F5a]{0,8}|\\PC{0,12}") {
            let id = id_of(&key);
            prop_assert!(!id.is_empty() && !id.contains('/') && id != "." && id != "..");
            prop_assert!(!(id.starts_with("__") && id.ends_with("__") && id.len() >= 4));
            prop_assert_eq!(of_id(&id), key);
        }
    }
}
