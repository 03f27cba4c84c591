//! The names of the objects in a bucket that a function wants: `uploads/<name>.csv`, where `uploads` is the bucket.
//!
//! ```text
//! path      = bucket "/" pattern
//! pattern   = segment *("/" segment)
//! segment   = 1*(literal | "<" name ">") | "<" name "..>" (last, and alone)
//! literal   = any text without "<", ">", "*", "{", "}" and control characters
//! name      = an identifier, as the handler's argument is called
//! ```
//!
//! `<name>` stands for one or more characters that are no slash, and takes as few as it can; `<name..>` for everything that
//! remains, at least one character.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::name::{as_identifier, is_identifier, resource_fault_at};

/// The longest path, in bytes: a name in S3 has at most 1,024.
pub const LONGEST: usize = 1024;

/// A bucket and the pattern of the names in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct BlobPath {
    bucket: String,
    pieces: Vec<Piece>,
}

/// A piece of a pattern.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Piece {
    /// Text that a name must have here, with its slashes.
    Literal(String),
    /// `<name>`: one or more characters that are no slash.
    Parameter(String),
    /// `<name..>`: all that remains; only last.
    Rest(String),
}

impl Piece {
    /// The parameter's name, if this is one.
    pub fn parameter(&self) -> Option<&str> {
        match self {
            Self::Literal(_) => None,
            Self::Parameter(name) | Self::Rest(name) => Some(name),
        }
    }
}

impl BlobPath {
    /// The bucket's logical name.
    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    /// The pattern, from left to right. No two literals are neighbours.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The text that each name must begin with.
    pub fn prefix(&self) -> &str {
        match self.pieces.first() {
            Some(Piece::Literal(text)) => text,
            _ => "",
        }
    }

    /// The text that each name must end with.
    pub fn suffix(&self) -> &str {
        match self.pieces.last() {
            Some(Piece::Literal(text)) => text,
            _ => "",
        }
    }

    /// Whether the pattern is one name, without parameters.
    pub fn is_literal(&self) -> bool {
        matches!(self.pieces.as_slice(), [Piece::Literal(_)])
    }

    /// The bytes of `key` that each parameter stands for, from left to right, if the pattern matches it.
    ///
    /// Takes at most the product of the lengths of key and pattern, whatever the key is.
    pub fn captures(&self, key: &str) -> Option<Vec<Range<usize>>> {
        let mut captures = Vec::new();
        if key.len() > LONGEST {
            return None;
        }
        let mut refused = vec![false; self.pieces.len() * (key.len() + 1)];
        Matcher { key, pieces: &self.pieces, refused: &mut refused }.matches(0, 0, &mut captures).then_some(captures)
    }
}

/// Tries a pattern on a key, and remembers which rests do not match, so that none is tried twice.
struct Matcher<'a> {
    key: &'a str,
    pieces: &'a [Piece],
    refused: &'a mut [bool],
}

impl Matcher<'_> {
    fn matches(&mut self, piece: usize, at: usize, captures: &mut Vec<Range<usize>>) -> bool {
        let rest = &self.key[at..];
        let Some(current) = self.pieces.get(piece) else { return rest.is_empty() };
        let index = piece * (self.key.len() + 1) + at;
        if self.refused[index] {
            return false;
        }
        let matched = match current {
            Piece::Literal(text) => {
                rest.starts_with(text.as_str()) && self.matches(piece + 1, at + text.len(), captures)
            }
            Piece::Rest(_) => {
                captures.push(at..self.key.len());
                !rest.is_empty()
            }
            Piece::Parameter(_) => self.matches_parameter(piece, at, captures),
        };
        self.refused[index] = !matched;
        matched
    }

    fn matches_parameter(&mut self, piece: usize, at: usize, captures: &mut Vec<Range<usize>>) -> bool {
        let depth = captures.len();
        for (offset, c) in self.key[at..].char_indices() {
            if c == '/' {
                return false;
            }
            let end = at + offset + c.len_utf8();
            captures.push(at..end);
            if self.matches(piece + 1, end, captures) {
                return true;
            }
            captures.truncate(depth);
        }
        false
    }
}

impl fmt::Display for BlobPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/", self.bucket)?;
        for piece in &self.pieces {
            match piece {
                Piece::Literal(text) => f.write_str(text)?,
                Piece::Parameter(name) => write!(f, "<{name}>")?,
                Piece::Rest(name) => write!(f, "<{name}..>")?,
            }
        }
        Ok(())
    }
}

impl From<BlobPath> for String {
    fn from(path: BlobPath) -> Self {
        path.to_string()
    }
}

impl TryFrom<String> for BlobPath {
    type Error = PatternError;

    fn try_from(text: String) -> Result<Self, PatternError> {
        text.parse()
    }
}

/// Why a text is no path of a blob trigger, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.kind.message())]
pub struct PatternError {
    /// What is wrong.
    pub kind: PatternErrorKind,
    /// The bytes of the text that are wrong; empty only where something is missing.
    pub range: Range<usize>,
}

/// What can be wrong with the path of a blob trigger.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PatternErrorKind {
    /// The text is empty.
    Empty,
    /// The text is longer than [`LONGEST`].
    TooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// There is a bucket, but no pattern.
    BucketOnly {
        /// The bucket.
        bucket: String,
    },
    /// It begins with `/`.
    LeadingSlash {
        /// The same without it.
        corrected: String,
    },
    /// The bucket's name is none.
    Bucket {
        /// The name as written.
        name: String,
    },
    /// `<` without `>`.
    Unclosed,
    /// `>` without `<`.
    Unopened,
    /// `<>` or `<..>`.
    UnnamedParameter,
    /// A parameter's name that is no identifier.
    ParameterName {
        /// The name as written.
        name: String,
        /// An identifier made of it, if one can be.
        suggestion: Option<String>,
    },
    /// A name used twice.
    DuplicateParameter {
        /// The name.
        name: String,
    },
    /// `<name?>`.
    OptionalParameter {
        /// The name.
        name: String,
    },
    /// Two parameters with nothing between them.
    Adjacent,
    /// `<name..>` before the end, or beside other text in its segment.
    RestNotAlone {
        /// The name.
        name: String,
    },
    /// `*` or `{name}`, as other tools write patterns.
    OtherSyntax {
        /// As written.
        found: String,
        /// In this language.
        corrected: String,
    },
    /// A control character.
    Character {
        /// The character.
        found: char,
    },
}

impl PatternErrorKind {
    /// What is wrong.
    pub fn message(&self) -> String {
        match self {
            Self::Empty => "the path is empty".to_owned(),
            Self::TooLong { length } => format!("the path has {length} bytes, and {LONGEST} is the most"),
            Self::BucketOnly { .. } => "the path names a bucket, and nothing in it".to_owned(),
            Self::LeadingSlash { .. } => "the path begins with a slash".to_owned(),
            Self::Bucket { name } if name.contains(['<', '>']) => "the bucket cannot be a parameter".to_owned(),
            Self::Bucket { name } => format!("`{name}` cannot be a bucket's name"),
            Self::Unclosed => "this `<` is not closed".to_owned(),
            Self::Unopened => "this `>` closes nothing".to_owned(),
            Self::UnnamedParameter => "this parameter has no name".to_owned(),
            Self::ParameterName { name, .. } => format!("`{name}` is no name for a parameter"),
            Self::DuplicateParameter { name } => format!("the parameter `{name}` occurs twice"),
            Self::OptionalParameter { .. } => "a part of a name cannot be left out".to_owned(),
            Self::Adjacent => "where the parameter before this one ends cannot be told".to_owned(),
            Self::RestNotAlone { name } => {
                format!("`<{name}..>` takes all that remains, but does not stand alone at the end")
            }
            Self::OtherSyntax { found, .. } => format!("`{found}` is how other tools write a pattern"),
            Self::Character { found } => format!("`{}` cannot stand in a path", found.escape_debug()),
        }
    }

    /// What to type instead.
    pub fn help(&self) -> Option<String> {
        Some(match self {
            Self::Empty => "write the bucket and a pattern of names: `\"uploads/<name>.csv\"`".to_owned(),
            Self::TooLong { .. } => "shorten it, or take a part of it as a parameter".to_owned(),
            Self::BucketOnly { bucket } => format!("for everything in the bucket, write `\"{bucket}/<path..>\"`"),
            Self::LeadingSlash { corrected } => format!("write `\"{corrected}\"`"),
            Self::Bucket { .. } => format!("the path begins with the bucket: {}", crate::name::RESOURCE_RULE),
            Self::Unclosed | Self::Unopened => "write parameters as `<name>`".to_owned(),
            Self::UnnamedParameter => "name it as the function's argument is called: `<name>`".to_owned(),
            Self::ParameterName { suggestion: Some(name), .. } => {
                format!("use an identifier, as the function's argument is called: `<{name}>`")
            }
            Self::ParameterName { .. } => "use an identifier, as the function's argument is called".to_owned(),
            Self::DuplicateParameter { .. } => "give each parameter a name of its own".to_owned(),
            Self::OptionalParameter { name } => {
                format!("write `<{name}>`, and declare a second function for the names without it")
            }
            Self::Adjacent => "put a text between them, or take both as one parameter".to_owned(),
            Self::RestNotAlone { name } => format!("make `<{name}..>` the last segment, with a slash before it"),
            Self::OtherSyntax { corrected, .. } => format!("write `{corrected}`"),
            Self::Character { .. } => "remove it".to_owned(),
        })
    }
}

fn fault<T>(kind: PatternErrorKind, range: Range<usize>) -> Result<T, PatternError> {
    Err(PatternError { kind, range })
}

impl FromStr for BlobPath {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        use PatternErrorKind as Kind;
        if text.is_empty() {
            return fault(Kind::Empty, 0..0);
        }
        if text.len() > LONGEST {
            return fault(Kind::TooLong { length: text.len() }, 0..text.len());
        }
        if text.starts_with('/') {
            return fault(Kind::LeadingSlash { corrected: text.trim_matches('/').to_owned() }, 0..1);
        }
        let (bucket, pattern) = text.split_once('/').unwrap_or((text, ""));
        if let Some(at) = resource_fault_at(bucket) {
            let length = bucket[at..].chars().next().map_or(0, char::len_utf8);
            return fault(Kind::Bucket { name: bucket.to_owned() }, at..at + length);
        }
        if pattern.is_empty() {
            return fault(Kind::BucketOnly { bucket: bucket.to_owned() }, 0..text.len());
        }
        let pieces = parse_pieces(pattern, bucket.len() + 1)?;
        check_pieces(&pieces)?;
        Ok(Self { bucket: bucket.to_owned(), pieces: pieces.into_iter().map(|(piece, _)| piece).collect() })
    }
}

/// The pieces of a pattern that begins at the byte `start` of the text.
fn parse_pieces(pattern: &str, start: usize) -> Result<Vec<(Piece, Range<usize>)>, PatternError> {
    use PatternErrorKind as Kind;
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < pattern.len() {
        let rest = &pattern[at..];
        if let Some(inside) = rest.strip_prefix('<') {
            let Some(length) = inside.find(['>', '/', '<']).filter(|length| inside[*length..].starts_with('>')) else {
                return fault(Kind::Unclosed, start + at..start + at + 1);
            };
            let range = start + at..start + at + length + 2;
            pieces.push((parse_parameter(&inside[..length], range.clone())?, range));
            at += length + 2;
            continue;
        }
        let length = rest.find('<').unwrap_or(rest.len());
        check_literal(&rest[..length], start + at)?;
        pieces.push((Piece::Literal(rest[..length].to_owned()), start + at..start + at + length));
        at += length;
    }
    Ok(pieces)
}

fn parse_parameter(inside: &str, range: Range<usize>) -> Result<Piece, PatternError> {
    use PatternErrorKind as Kind;
    let (name, rest) = match inside.strip_suffix("..") {
        Some(name) => (name, true),
        None => (inside, false),
    };
    if let Some(name) = name.strip_suffix('?').filter(|name| is_identifier(name)) {
        return fault(Kind::OptionalParameter { name: name.to_owned() }, range);
    }
    if name.is_empty() {
        return fault(Kind::UnnamedParameter, range);
    }
    if !is_identifier(name) {
        let suggestion = as_identifier(name);
        let range = range.start + 1..range.start + 1 + name.len();
        return fault(Kind::ParameterName { name: name.to_owned(), suggestion }, range);
    }
    let name = name.to_owned();
    Ok(if rest { Piece::Rest(name) } else { Piece::Parameter(name) })
}

fn check_literal(text: &str, start: usize) -> Result<(), PatternError> {
    use PatternErrorKind as Kind;
    for (at, c) in text.char_indices() {
        let range = start + at..start + at + c.len_utf8();
        match c {
            '>' => return fault(Kind::Unopened, range),
            '*' => {
                let length = text[at..].chars().take_while(|c| *c == '*').count();
                let corrected = if length > 1 { "<path..>" } else { "<name>" }.to_owned();
                let found = text[at..at + length].to_owned();
                return fault(Kind::OtherSyntax { found, corrected }, start + at..start + at + length);
            }
            '{' | '}' => {
                let length = text[at..].find('}').map_or(1, |length| length + 1);
                let found = &text[at..at + length];
                let name = as_identifier(found.trim_matches(['{', '}'])).unwrap_or_else(|| "name".to_owned());
                let kind = Kind::OtherSyntax { found: found.to_owned(), corrected: format!("<{name}>") };
                return fault(kind, start + at..start + at + length);
            }
            c if c.is_control() => return fault(Kind::Character { found: c }, range),
            _ => {}
        }
    }
    Ok(())
}

/// What is wrong with the order of the pieces.
fn check_pieces(pieces: &[(Piece, Range<usize>)]) -> Result<(), PatternError> {
    use PatternErrorKind as Kind;
    for (at, (piece, range)) in pieces.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| &pieces[before].0);
        let Some(name) = piece.parameter() else { continue };
        if pieces[..at].iter().any(|(earlier, _)| earlier.parameter() == Some(name)) {
            return fault(Kind::DuplicateParameter { name: name.to_owned() }, range.clone());
        }
        if matches!(piece, Piece::Rest(_)) {
            let alone = match before {
                None => true,
                Some(Piece::Literal(text)) => text.ends_with('/'),
                Some(_) => false,
            };
            if !alone || at + 1 < pieces.len() {
                return fault(Kind::RestNotAlone { name: name.to_owned() }, range.clone());
            }
        }
        if before.is_some_and(|before| before.parameter().is_some()) {
            return fault(Kind::Adjacent, range.clone());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn captures<'a>(pattern: &str, key: &'a str) -> Option<Vec<&'a str>> {
        let path: BlobPath = format!("b/{pattern}").parse().unwrap();
        Some(path.captures(key)?.into_iter().map(|range| &key[range]).collect())
    }

    #[test]
    fn a_pattern_takes_names_apart() {
        assert_eq!(captures("<name>.csv", "a.csv"), Some(vec!["a"]));
        assert_eq!(captures("<name>.csv", "a.b.csv"), Some(vec!["a.b"]));
        assert_eq!(captures("<name>.csv", ".csv"), None);
        assert_eq!(captures("<name>.csv", "a/b.csv"), None);
        assert_eq!(captures("<name>.<ext>", "a.tar.gz"), Some(vec!["a", "tar.gz"]));
        assert_eq!(captures("in/<day>/<path..>", "in/mon/a/b c.txt"), Some(vec!["mon", "a/b c.txt"]));
        assert_eq!(captures("<path..>", ""), None);
        assert_eq!(captures("<path..>", "ä/ö"), Some(vec!["ä/ö"]));
        assert_eq!(captures("a/b", "a/b"), Some(vec![]));
        assert_eq!(captures("a-<x>-b", "a-ö-b"), Some(vec!["ö"]));
    }

    #[test]
    fn a_long_name_is_refused_in_no_time() {
        let pattern: Vec<String> = (0..40).map(|at| format!("<p{at}>a")).collect();
        assert_eq!(captures(&(pattern.concat() + "b"), &"a".repeat(1000)), None);
    }

    #[test]
    fn points_at_what_is_wrong() {
        use PatternErrorKind as Kind;
        let error = |text: &str| {
            let error = text.parse::<BlobPath>().unwrap_err();
            (error.kind, text[error.range].to_owned())
        };
        assert_eq!(error("").0, Kind::Empty);
        assert_eq!(error("uploads").0, Kind::BucketOnly { bucket: "uploads".into() });
        assert_eq!(error("uploads/").0, Kind::BucketOnly { bucket: "uploads".into() });
        assert_eq!(error("/uploads/a"), (Kind::LeadingSlash { corrected: "uploads/a".into() }, "/".into()));
        assert_eq!(error("<b>/a"), (Kind::Bucket { name: "<b>".into() }, "<".into()));
        assert_eq!(error("b/<a"), (Kind::Unclosed, "<".into()));
        assert_eq!(error("b/<a/b>"), (Kind::Unclosed, "<".into()));
        assert_eq!(error("b/a>"), (Kind::Unopened, ">".into()));
        assert_eq!(error("b/<>"), (Kind::UnnamedParameter, "<>".into()));
        assert_eq!(error("b/<a-b>").1, "a-b");
        assert_eq!(error("b/<a><b>"), (Kind::Adjacent, "<b>".into()));
        assert_eq!(error("b/<a>.<a>").0, Kind::DuplicateParameter { name: "a".into() });
        assert_eq!(error("b/<a?>").0, Kind::OptionalParameter { name: "a".into() });
        assert_eq!(error("b/<a..>/c").0, Kind::RestNotAlone { name: "a".into() });
        assert_eq!(error("b/x<a..>").0, Kind::RestNotAlone { name: "a".into() });
        assert_eq!(error("b/*.csv"), (Kind::OtherSyntax { found: "*".into(), corrected: "<name>".into() }, "*".into()));
        assert_eq!(error("b/**").0, Kind::OtherSyntax { found: "**".into(), corrected: "<path..>".into() });
        assert_eq!(error("b/{id}.x").0, Kind::OtherSyntax { found: "{id}".into(), corrected: "<id>".into() });
        assert_eq!(error("b/a\nb").0, Kind::Character { found: '\n' });
    }

    proptest! {
        #[test]
        fn every_text_is_read_or_refused_within_itself(text in "[a-z<>?./*{}é -]{0,24}") {
            match text.parse::<BlobPath>() {
                Ok(path) => prop_assert_eq!(path.to_string(), text),
                Err(error) => prop_assert!(text.get(error.range).is_some()),
            }
        }

        #[test]
        fn captures_put_the_name_together_again(key in "[ab./ä]{1,12}") {
            for pattern in ["<x>", "<x>.<y>", "a<x>b", "<x>/<y>", "<x>/<y..>", "a/<x..>"] {
                let path: BlobPath = format!("b/{pattern}").parse().unwrap();
                let Some(captures) = path.captures(&key) else { continue };
                let mut captures = captures.into_iter();
                let mut together = String::new();
                for piece in path.pieces() {
                    match piece {
                        Piece::Literal(text) => together.push_str(text),
                        _ => together.push_str(&key[captures.next().unwrap()]),
                    }
                }
                prop_assert_eq!(&together, &key);
            }
        }
    }
}
