//! What a subscriber wants of what is published: conditions on attributes, and texts with a wildcard.
//!
//! ```text
//! condition = attribute ("=" | "!=") value *("|" value)
//! value     = text | text "*"
//! attribute = letters, digits, "-", "_" and "."
//! ```
//!
//! Blanks around the parts do not count. A value that ends in `*` stands for all texts that begin with what is before it. Of
//! several conditions all must hold; an attribute that is not there equals nothing. This is what the filters of SNS, Pub/Sub,
//! Service Bus and Knative triggers have in common.

mod pubsub;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use self::pubsub::for_pubsub;

/// The longest condition, in bytes.
pub const LONGEST: usize = 256;

/// A text, or all texts that begin with one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Wildcard {
    /// This text.
    Exact(String),
    /// Each text that begins with this.
    Prefix(String),
}

impl Wildcard {
    /// Whether it stands for that text.
    pub fn matches(&self, text: &str) -> bool {
        match self {
            Self::Exact(exact) => exact == text,
            Self::Prefix(prefix) => text.starts_with(prefix.as_str()),
        }
    }
}

impl fmt::Display for Wildcard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(text) => f.write_str(text),
            Self::Prefix(text) => write!(f, "{text}*"),
        }
    }
}

impl From<Wildcard> for String {
    fn from(wildcard: Wildcard) -> Self {
        wildcard.to_string()
    }
}

impl TryFrom<String> for Wildcard {
    type Error = FilterError;

    fn try_from(text: String) -> Result<Self, FilterError> {
        text.parse()
    }
}

impl FromStr for Wildcard {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, FilterError> {
        use FilterErrorKind as Kind;
        if text.trim().is_empty() {
            return Err(FilterError { kind: Kind::EmptyValue, range: 0..text.len() });
        }
        let (body, prefix) = text.strip_suffix('*').map_or((text, false), |body| (body, true));
        if let Some(at) = body.find('*') {
            return Err(FilterError { kind: Kind::WildcardNotLast, range: at..at + 1 });
        }
        if let Some((at, c)) = body.char_indices().find(|(_, c)| c.is_control()) {
            return Err(FilterError { kind: Kind::Character { found: c }, range: at..at + c.len_utf8() });
        }
        let body = body.to_owned();
        Ok(if prefix { Self::Prefix(body) } else { Self::Exact(body) })
    }
}

/// A condition on an attribute.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Condition {
    /// The attribute's name.
    pub attribute: String,
    /// Whether it must equal one of the values, or none of them.
    pub equal: bool,
    /// The values; at least one.
    pub values: Vec<Wildcard>,
}

impl Condition {
    /// Whether the attributes meet it. An attribute that is not there equals nothing.
    pub fn holds(&self, attributes: &BTreeMap<String, String>) -> bool {
        let value = attributes.get(&self.attribute);
        value.is_some_and(|value| self.values.iter().any(|wanted| wanted.matches(value))) == self.equal
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values: Vec<String> = self.values.iter().map(ToString::to_string).collect();
        // Without blanks: what was short enough to be read is short enough to be read again.
        write!(f, "{}{}{}", self.attribute, if self.equal { "=" } else { "!=" }, values.join("|"))
    }
}

impl From<Condition> for String {
    fn from(condition: Condition) -> Self {
        condition.to_string()
    }
}

impl TryFrom<String> for Condition {
    type Error = FilterError;

    fn try_from(text: String) -> Result<Self, FilterError> {
        text.parse()
    }
}

/// Why a text is no condition, or no text with a wildcard, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.kind.message())]
pub struct FilterError {
    /// What is wrong.
    pub kind: FilterErrorKind,
    /// The bytes of the text that are wrong; empty only where something is missing.
    pub range: Range<usize>,
}

/// What can be wrong with a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FilterErrorKind {
    /// The text is longer than [`LONGEST`].
    TooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// Neither `=` nor `!=`.
    NoOperator {
        /// The text.
        found: String,
    },
    /// `==`, `<` and others.
    UnknownOperator {
        /// The operator.
        found: String,
    },
    /// An attribute's name that is none.
    Attribute {
        /// As written.
        found: String,
    },
    /// No value, or an empty one between two `|`.
    EmptyValue,
    /// `*` before the end of a value.
    WildcardNotLast,
    /// A control character.
    Character {
        /// The character.
        found: char,
    },
}

impl FilterErrorKind {
    /// What is wrong.
    pub fn message(&self) -> String {
        match self {
            Self::TooLong { length } => format!("this has {length} bytes, and {LONGEST} is the most"),
            Self::NoOperator { .. } => "a condition compares an attribute with a value".to_owned(),
            Self::UnknownOperator { found } => format!("a condition has no operator `{found}`"),
            Self::Attribute { found } if found.is_empty() => "the attribute has no name".to_owned(),
            Self::Attribute { found } => format!("`{found}` cannot be an attribute's name"),
            Self::EmptyValue => "a value is missing here".to_owned(),
            Self::WildcardNotLast => "`*` can only be the last character".to_owned(),
            Self::Character { found } => format!("`{}` cannot stand here", found.escape_debug()),
        }
    }

    /// What to type instead.
    pub fn help(&self) -> Option<String> {
        Some(match self {
            Self::TooLong { .. } => "write several conditions: all of them must hold".to_owned(),
            Self::NoOperator { found } => match found.trim() {
                "" => "write `\"attribute = value\"`".to_owned(),
                found => format!("write `\"{found} = value\"`, or `\"{found} = *\"` if it only has to be there"),
            },
            Self::UnknownOperator { .. } => {
                "write `=` or `!=`; compare numbers in the function: no platform's filter is sure to".to_owned()
            }
            Self::Attribute { .. } => "a name has letters, digits, `-`, `_` and `.`".to_owned(),
            Self::EmptyValue => {
                "write a text; several are written `a | b`, and `a*` is all that begins with `a`".to_owned()
            }
            Self::WildcardNotLast => "move it to the end: `a*` stands for all texts that begin with `a`".to_owned(),
            Self::Character { .. } => "remove it".to_owned(),
        })
    }
}

impl FromStr for Condition {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, FilterError> {
        use FilterErrorKind as Kind;
        let fault = |kind, range| Err(FilterError { kind, range });
        if text.len() > LONGEST {
            return fault(Kind::TooLong { length: text.len() }, 0..text.len());
        }
        let Some(start) = text.find(['=', '!', '<', '>', '~']) else {
            return fault(Kind::NoOperator { found: text.to_owned() }, 0..text.len());
        };
        let end = text[start..].find(|c| !matches!(c, '=' | '!' | '<' | '>' | '~')).map_or(text.len(), |at| start + at);
        let equal = match &text[start..end] {
            "=" => true,
            "!=" => false,
            other => return fault(Kind::UnknownOperator { found: other.to_owned() }, start..end),
        };
        let blanks = text[end..].len() - text[end..].trim_start().len();
        if let Some(c) = text[end + blanks..].chars().next().filter(|c| matches!(c, '=' | '!' | '<' | '>' | '~')) {
            let range = start..end + blanks + c.len_utf8();
            return fault(Kind::UnknownOperator { found: text[range.clone()].to_owned() }, range);
        }
        let attribute = text[..start].trim();
        let named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if attribute.is_empty() || !attribute.chars().all(named) {
            let kind = Kind::Attribute { found: attribute.to_owned() };
            return fault(kind, if attribute.is_empty() { start..end } else { 0..text[..start].trim_end().len() });
        }
        let mut values = Vec::new();
        let mut at = end;
        for part in text[end..].split('|') {
            let blanks = part.len() - part.trim_start().len();
            let value = part.trim().parse().map_err(|error: FilterError| FilterError {
                range: match error.kind {
                    Kind::EmptyValue => at..(at + part.len()).max(at),
                    _ => at + blanks + error.range.start..at + blanks + error.range.end,
                },
                kind: error.kind,
            })?;
            values.push(value);
            at += part.len() + 1;
        }
        Ok(Self { attribute: attribute.to_owned(), equal, values })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn holds(condition: &str, attributes: &[(&str, &str)]) -> bool {
        let attributes = attributes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        condition.parse::<Condition>().unwrap().holds(&attributes)
    }

    #[test]
    fn conditions_hold_for_what_they_say() {
        assert!(holds("kind = paid", &[("kind", "paid")]));
        assert!(!holds("kind = paid", &[("kind", "open")]));
        assert!(!holds("kind = paid", &[]));
        assert!(holds("kind=a|b*", &[("kind", "bcd")]));
        assert!(holds("kind != a | b", &[("kind", "c")]));
        assert!(holds("kind != a", &[]));
        assert!(!holds("kind != a*", &[("kind", "ab")]));
        assert!(holds("kind = *", &[("kind", "")]));
        assert!(!holds("kind = *", &[]));
    }

    #[test]
    fn a_condition_is_never_longer_when_it_is_written() {
        let text = format!("a=b{}", "|c".repeat((LONGEST - 3) / 2));
        let condition: Condition = text.parse().unwrap();
        assert_eq!(condition.to_string().parse::<Condition>().unwrap(), condition);
        assert_eq!("a = b | c*".parse::<Condition>().unwrap().to_string(), "a=b|c*");
    }

    #[test]
    fn points_at_what_is_wrong() {
        use FilterErrorKind as Kind;
        let error = |text: &str| {
            let error = text.parse::<Condition>().unwrap_err();
            (error.kind, text[error.range].to_owned())
        };
        assert_eq!(error("kind").0, Kind::NoOperator { found: "kind".into() });
        assert_eq!(error("kind == a"), (Kind::UnknownOperator { found: "==".into() }, "==".into()));
        assert_eq!(error("n >= 3"), (Kind::UnknownOperator { found: ">=".into() }, ">=".into()));
        assert_eq!(error("a = ~b"), (Kind::UnknownOperator { found: "= ~".into() }, "= ~".into()));
        assert_eq!(error("= a"), (Kind::Attribute { found: String::new() }, "=".into()));
        assert_eq!(error("a b = c"), (Kind::Attribute { found: "a b".into() }, "a b".into()));
        assert_eq!(error("a = ").0, Kind::EmptyValue);
        assert_eq!(error("a = b || c").0, Kind::EmptyValue);
        assert_eq!(error("a = b | *c"), (Kind::WildcardNotLast, "*".into()));
    }

    proptest! {
        #[test]
        fn every_text_is_read_or_refused_within_itself(text in "[ab=!|*<~ é\n]{0,16}") {
            match text.parse::<Condition>() {
                Ok(condition) => prop_assert_eq!(condition.to_string().parse::<Condition>().unwrap(), condition),
                Err(error) => prop_assert!(text.get(error.range).is_some()),
            }
        }
    }
}
