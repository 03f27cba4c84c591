//! The functions that `cargo tusk new` and `cargo tusk add` write: one for each kind of trigger, each with its test.

use clap::ValueEnum;
use clap::builder::PossibleValue;
use tusk_fn_spec::name;
use tusk_fn_spec::trigger::NAMES;

/// A kind of trigger, in the word that `trigger = "…"` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kind(pub(crate) &'static str);

/// The words of all kinds, and what is written for each.
const TEMPLATES: [(Kind, &str); NAMES.len()] = [
    (Kind("http"), include_str!("../templates/http.rs")),
    (Kind("timer"), include_str!("../templates/timer.rs")),
    (Kind("queue"), include_str!("../templates/queue.rs")),
    (Kind("topic"), include_str!("../templates/topic.rs")),
    (Kind("blob"), include_str!("../templates/blob.rs")),
    (Kind("database"), include_str!("../templates/database.rs")),
    (Kind("stream"), include_str!("../templates/stream.rs")),
    (Kind("event"), include_str!("../templates/event.rs")),
];

/// The kinds, in the order in which they are listed.
const KINDS: [Kind; NAMES.len()] = {
    let mut kinds = [Kind(""); NAMES.len()];
    let mut at = 0;
    while at < kinds.len() {
        kinds[at] = TEMPLATES[at].0;
        at += 1;
    }
    kinds
};

impl ValueEnum for Kind {
    fn value_variants<'a>() -> &'a [Self] {
        &KINDS
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0))
    }
}

impl Kind {
    /// A module with a function of this name, and its test.
    pub(crate) fn module(self, name: &Name) -> String {
        let text = TEMPLATES.iter().find(|(kind, _)| *kind == self).map_or("", |(_, text)| text);
        text.replace("{{function}}", &name.identifier).replace("{{name}}", &name.kebab)
    }
}

/// A function's name, as code and platforms write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    /// `clean_up`
    pub(crate) identifier: String,
    /// `clean-up`
    pub(crate) kebab: String,
}

/// Why a name is none, and one that would be, if there is one near it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NameFault {
    pub(crate) why: &'static str,
    pub(crate) near: Option<String>,
}

impl Name {
    /// Reads a name: lower-case letters, digits, `-` and `_`.
    pub(crate) fn read(text: &str) -> Result<Self, NameFault> {
        let identifier = text.replace('-', "_");
        let kebab = name::from_identifier(&identifier);
        let why = if kebab.len() > name::LONGEST {
            Some("it is longer than 63 characters")
        } else if text.chars().any(|c| c.is_ascii_uppercase()) {
            Some("functions have lower-case letters")
        } else if name::fault_at(&kebab).is_some() {
            Some(
                "it begins with a letter, and has only letters, digits, `-` and `_`, with a letter or a digit at its end",
            )
        } else if kebab.contains("--") {
            Some("there is nothing between its hyphens")
        } else if name::is_keyword(&identifier) {
            Some("that is a keyword of Rust")
        } else if matches!(
            identifier.as_str(),
            "main" | "test" | "core" | "std" | "alloc" | "serde" | "tracing" | "tusk_fn"
        ) {
            Some("Rust code calls something else that already")
        } else {
            None
        };
        match why {
            None => Ok(Self { identifier, kebab }),
            Some(why) => Err(NameFault { why, near: near(text) }),
        }
    }
}

/// A name that is as much as possible like a text that is none.
fn near(text: &str) -> Option<String> {
    let mut near = String::new();
    for c in text.chars() {
        if c.is_ascii_uppercase() && near.ends_with(|before: char| before.is_ascii_lowercase()) {
            near.push('-');
        }
        let c = c.to_ascii_lowercase();
        if c.is_ascii_alphanumeric() {
            near.push(c);
        } else if !near.is_empty() && !near.ends_with('-') {
            near.push('-');
        }
    }
    near.truncate(name::LONGEST);
    let near = near.trim_end_matches('-').to_owned();
    (near != text && Name::read(&near).is_ok()).then_some(near)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed expectation is a failed test")]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_template() {
        let mut words: Vec<&str> = KINDS.iter().map(|kind| kind.0).collect();
        let mut names = NAMES.to_vec();
        words.sort_unstable();
        names.sort_unstable();
        assert_eq!(words, names);
        for kind in KINDS {
            let module = kind.module(&Name::read("clean_up").unwrap());
            assert!(module.contains(&format!("trigger = \"{}\"", kind.0)), "{module}");
            assert!(module.contains("async fn clean_up(") && !module.contains("{{"), "{module}");
        }
    }

    #[test]
    fn a_name_is_one_for_code_and_for_platforms() {
        for text in ["clean-up", "clean_up"] {
            let name = Name::read(text).unwrap();
            assert_eq!((&*name.identifier, &*name.kebab), ("clean_up", "clean-up"));
        }
        for (text, why, near) in [
            ("CleanUp", "lower-case", Some("clean-up")),
            ("1st", "begins with a letter", None),
            ("clean up", "only letters", Some("clean-up")),
            ("clean-", "at its end", Some("clean")),
            ("a--b", "nothing between", Some("a-b")),
            ("match", "keyword", None),
            ("main", "something else", None),
            ("", "begins with a letter", None),
            ("straße", "only letters", Some("stra-e")),
        ] {
            let fault = Name::read(text).unwrap_err();
            assert!(fault.why.contains(why), "{text}: {}", fault.why);
            assert_eq!(fault.near.as_deref(), near, "{text}");
        }
        assert!(Name::read(&"a".repeat(64)).unwrap_err().why.contains("63"));
    }
}
