//! Route templates: `users/<id?>`.
//!
//! ```text
//! route     = "/" | segment *("/" segment)
//! segment   = literal | "<" name ">" | "<" name "?>" (last) | "<" name "..>" (last)
//! literal   = one or more of A-Z a-z 0-9 - . _ ~ ! $ & ' ( ) + , ; = @ and letters beyond ASCII
//! name      = an identifier, as the handler's argument is called
//! ```

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::name::{as_identifier, is_identifier};
use crate::trigger::http::Method;

/// The longest route template, in bytes.
pub const LONGEST: usize = 1024;

/// A parsed route template.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Route {
    segments: Vec<Segment>,
}

/// One segment of a route template, between two slashes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Segment {
    /// Text that a path must have here, percent-decoded.
    Literal(String),
    /// `<name>`: any one segment that is not empty.
    Parameter(String),
    /// `<name?>`: one segment or none; only last.
    Optional(String),
    /// `<name..>`: all segments that remain, maybe none; only last.
    Rest(String),
}

impl Segment {
    /// The parameter's name, if this is one.
    pub fn parameter(&self) -> Option<&str> {
        match self {
            Self::Literal(_) => None,
            Self::Parameter(name) | Self::Optional(name) | Self::Rest(name) => Some(name),
        }
    }
}

impl Route {
    /// The segments, from left to right; empty for `/`.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The names of the parameters, from left to right.
    pub fn parameters(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().filter_map(Segment::parameter)
    }

    /// The templates without optional segments that this one stands for: two for `users/<id?>`, one otherwise.
    pub fn variants(&self) -> Vec<Self> {
        match self.segments.split_last() {
            Some((Segment::Optional(name), before)) => {
                let mut with = before.to_vec();
                with.push(Segment::Parameter(name.clone()));
                vec![Self { segments: before.to_vec() }, Self { segments: with }]
            }
            _ => vec![self.clone()],
        }
    }

    /// The template with the parameters' names left out: equal for two routes that match the same paths.
    ///
    /// Meant for the results of [`Route::variants`]; an optional segment reads as a parameter.
    pub fn normalised(&self) -> String {
        let segments: Vec<String> = self
            .segments
            .iter()
            .map(|segment| match segment {
                Segment::Literal(text) => text.clone(),
                Segment::Parameter(_) | Segment::Optional(_) => "<>".to_owned(),
                Segment::Rest(_) => "<..>".to_owned(),
            })
            .collect();
        segments.join("/")
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.segments.is_empty() {
            return f.write_str("/");
        }
        for (at, segment) in self.segments.iter().enumerate() {
            if at > 0 {
                f.write_str("/")?;
            }
            match segment {
                Segment::Literal(text) => f.write_str(text)?,
                Segment::Parameter(name) => write!(f, "<{name}>")?,
                Segment::Optional(name) => write!(f, "<{name}?>")?,
                Segment::Rest(name) => write!(f, "<{name}..>")?,
            }
        }
        Ok(())
    }
}

impl From<Route> for String {
    fn from(route: Route) -> Self {
        route.to_string()
    }
}

impl TryFrom<String> for Route {
    type Error = RouteError;

    fn try_from(text: String) -> Result<Self, RouteError> {
        text.parse()
    }
}

impl FromStr for Route {
    type Err = RouteError;

    fn from_str(text: &str) -> Result<Self, RouteError> {
        parse_route(text)
    }
}

/// Why a text is no route template, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.kind.message())]
pub struct RouteError {
    /// What is wrong.
    pub kind: RouteErrorKind,
    /// The bytes of the text that are wrong; empty only where something is missing.
    pub range: Range<usize>,
}

/// What can be wrong with a route template.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RouteErrorKind {
    /// The text is empty.
    Empty,
    /// The text is longer than [`LONGEST`].
    TooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// It begins with `/`.
    LeadingSlash {
        /// The same without it.
        corrected: String,
    },
    /// It ends with `/`.
    TrailingSlash {
        /// The same without it.
        corrected: String,
    },
    /// It has `//`.
    DoubleSlash {
        /// The same with one.
        corrected: String,
    },
    /// A scheme and a host, or a method, before the path.
    BeforePath {
        /// What it is: `https://example.com`, `GET`.
        found: String,
        /// The path.
        path: String,
    },
    /// `<` without `>`.
    Unclosed {
        /// The segment with the bracket closed.
        corrected: String,
    },
    /// `>` without `<`.
    Unopened,
    /// A parameter beside other text in one segment.
    MixedSegment,
    /// `<>`, `<?>` or `<..>`.
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
    /// `<name?>` before the end.
    OptionalNotLast {
        /// The name.
        name: String,
    },
    /// `<name..>` before the end.
    RestNotLast {
        /// The name.
        name: String,
    },
    /// A parameter as another framework writes it: `{id}`, `:id`, `*rest`.
    OtherSyntax {
        /// The segment as written.
        found: String,
        /// The segment in this language.
        corrected: String,
    },
    /// `.` or `..` as a segment, which clients and gateways remove.
    DotSegment,
    /// A character that cannot stand in a literal segment.
    Character {
        /// The character.
        found: char,
    },
}

impl RouteErrorKind {
    /// What is wrong.
    pub fn message(&self) -> String {
        match self {
            Self::Empty => "the route is empty".to_owned(),
            Self::TooLong { length } => format!("the route has {length} bytes, and {LONGEST} is the most"),
            Self::LeadingSlash { .. } => "the route begins with a slash".to_owned(),
            Self::TrailingSlash { .. } => "the route ends with a slash".to_owned(),
            Self::DoubleSlash { .. } => "the route has an empty segment".to_owned(),
            Self::BeforePath { found, .. } => format!("a route is a path alone, without `{found}`"),
            Self::Unclosed { .. } => "this `<` is not closed".to_owned(),
            Self::Unopened => "this `>` closes nothing".to_owned(),
            Self::MixedSegment => "a parameter must be a whole segment of the route".to_owned(),
            Self::UnnamedParameter => "this parameter has no name".to_owned(),
            Self::ParameterName { name, .. } => format!("`{name}` is no name for a parameter"),
            Self::DuplicateParameter { name } => format!("the parameter `{name}` occurs twice"),
            Self::OptionalNotLast { name } => format!("the optional parameter `{name}` is not the last segment"),
            Self::RestNotLast { name } => format!("`<{name}..>` takes all that remains, but something follows it"),
            Self::OtherSyntax { found, .. } => format!("`{found}` is how another framework writes a parameter"),
            Self::DotSegment => "clients and gateways remove this segment before they send the path".to_owned(),
            Self::Character { found } if *found == '?' => "a route has no query".to_owned(),
            Self::Character { found } if *found == '%' => "a route is written decoded".to_owned(),
            Self::Character { found: ' ' } => "a blank cannot stand in a path".to_owned(),
            Self::Character { found } => format!("`{}` cannot stand in a path", found.escape_debug()),
        }
    }

    /// What to type instead.
    pub fn help(&self) -> Option<String> {
        Some(match self {
            Self::Empty => "write `\"/\"` for the root, or segments such as `\"users/<id>\"`".to_owned(),
            Self::LeadingSlash { corrected } | Self::TrailingSlash { corrected } => {
                format!("write `\"{corrected}\"`: a route is given without slashes at its ends")
            }
            Self::DoubleSlash { corrected } => format!("write `\"{corrected}\"`"),
            Self::BeforePath { found, path } if found.contains(':') => format!("write `\"{path}\"`"),
            Self::BeforePath { found, path } => format!("write `route = \"{path}\", methods = [\"{found}\"]`"),
            Self::Unclosed { corrected } | Self::OtherSyntax { corrected, .. } => format!("write `{corrected}`"),
            Self::Unopened | Self::Character { found: '{' | '}' | '[' | ']' | '*' } => {
                "write parameters as `<name>`".to_owned()
            }
            Self::MixedSegment => "take the whole segment as one parameter, and split it in the function".to_owned(),
            Self::UnnamedParameter => "name it as the function's argument is called: `<id>`".to_owned(),
            Self::ParameterName { suggestion: Some(name), .. } => {
                format!("use an identifier, as the function's argument is called: `<{name}>`")
            }
            Self::ParameterName { .. } => "use an identifier, as the function's argument is called".to_owned(),
            Self::DuplicateParameter { .. } => "give each parameter a name of its own".to_owned(),
            Self::OptionalNotLast { name } => {
                format!("move `<{name}?>` to the end, or declare a second function for the shorter route")
            }
            Self::RestNotLast { name } => format!("move `<{name}..>` to the end"),
            Self::Character { found: '?' } => {
                "remove it, and take the query as an argument: `query: Query<T>`".to_owned()
            }
            Self::Character { found: '%' } => "write the character itself: `\"straße\"`, not its code".to_owned(),
            Self::Character { .. } => "a segment has letters, digits, and ``- . _ ~ ! $ & ' ( ) + , ; = @``".to_owned(),
            Self::DotSegment => "remove it, and write the path as a request has it".to_owned(),
            Self::TooLong { .. } => "shorten it, or take a part of it as a parameter".to_owned(),
        })
    }
}

/// Parses a route template. One fault is reported, the first.
fn parse_route(text: &str) -> Result<Route, RouteError> {
    if text == "/" {
        return Ok(Route { segments: Vec::new() });
    }
    check_ends(text)?;
    let mut segments = Vec::new();
    let mut start = 0;
    for part in text.split('/') {
        let range = start..start + part.len();
        segments.push(parse_segment(part, range.clone()).map(|segment| (segment, range.clone()))?);
        start = range.end + 1;
    }
    check_order(&segments)?;
    Ok(Route { segments: segments.into_iter().map(|(segment, _)| segment).collect() })
}

fn fault<T>(kind: RouteErrorKind, range: Range<usize>) -> Result<T, RouteError> {
    Err(RouteError { kind, range })
}

fn check_ends(text: &str) -> Result<(), RouteError> {
    if text.is_empty() {
        return fault(RouteErrorKind::Empty, 0..0);
    }
    if text.len() > LONGEST {
        return fault(RouteErrorKind::TooLong { length: text.len() }, 0..text.len());
    }
    if let Some((found, path)) = before_path(text) {
        let kind = RouteErrorKind::BeforePath { found: found.to_owned(), path: trimmed(path) };
        return fault(kind, 0..found.len());
    }
    if let Some(at) = text.find("//") {
        return fault(RouteErrorKind::DoubleSlash { corrected: trimmed(text) }, at..at + 2);
    }
    let corrected = || text.trim_matches('/').to_owned();
    if text.starts_with('/') {
        return fault(RouteErrorKind::LeadingSlash { corrected: corrected() }, 0..1);
    }
    if text.ends_with('/') {
        return fault(RouteErrorKind::TrailingSlash { corrected: corrected() }, text.len() - 1..text.len());
    }
    Ok(())
}

/// The path without slashes at its ends, nor two within.
fn trimmed(path: &str) -> String {
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    if segments.is_empty() { "/".to_owned() } else { segments.join("/") }
}

/// A scheme with a host, or a method, and the path behind it.
fn before_path(text: &str) -> Option<(&str, &str)> {
    if let Some(at) = text.find("://") {
        let host = &text[at + 3..];
        return Some(text.split_at(at + 3 + host.find('/').unwrap_or(host.len())));
    }
    let (first, path) = text.split_once(' ')?;
    first.parse::<Method>().is_ok().then_some((first, path))
}

fn parse_segment(part: &str, range: Range<usize>) -> Result<Segment, RouteError> {
    if part == "." || part == ".." {
        return fault(RouteErrorKind::DotSegment, range);
    }
    if let Some(corrected) = other_syntax(part) {
        return fault(RouteErrorKind::OtherSyntax { found: part.to_owned(), corrected }, range);
    }
    // A query's parameters read like a path's: that there is a query is what is wrong with them.
    if let Some(at) = part.find('?').filter(|at| !part[..*at].contains('<')) {
        return fault(RouteErrorKind::Character { found: '?' }, range.start + at..range.start + at + 1);
    }
    match (part.find('<'), part.find('>')) {
        (None, None) => parse_literal(part, &range),
        (None, Some(at)) => fault(RouteErrorKind::Unopened, range.start + at..range.start + at + 1),
        (Some(at), None) => {
            let corrected = format!("<{}>", &part[at + 1..]);
            fault(RouteErrorKind::Unclosed { corrected }, range.start + at..range.end)
        }
        (Some(0), Some(end)) if end + 1 == part.len() => parse_parameter(&part[1..end], &range),
        (Some(_), Some(_)) => fault(RouteErrorKind::MixedSegment, range),
    }
}

/// The segment in this language, if it is written in another framework's.
fn other_syntax(part: &str) -> Option<String> {
    let inner = part.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    if let Some(inner) = inner {
        let name = inner.trim_start_matches('*').trim_end_matches(['?', '+', '*']);
        let name = name.split([':', '=']).next().unwrap_or_default();
        return Some(if inner.starts_with('*') || inner.ends_with(['+', '*']) {
            format!("<{name}..>")
        } else if inner.ends_with('?') {
            format!("<{name}?>")
        } else {
            format!("<{name}>")
        });
    }
    if let Some(name) = part.strip_prefix(':').filter(|name| !name.is_empty()) {
        let optional = if name.ends_with('?') { "?" } else { "" };
        // What follows the name is a condition, such as `(\\d+)`.
        let end = name.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '-').unwrap_or(name.len());
        return Some(format!("<{}{optional}>", &name[..end]));
    }
    if let Some(name) = part.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let name = name.trim_matches(['[', ']']);
        return Some(name.strip_prefix("...").map_or_else(|| format!("<{name}>"), |name| format!("<{name}..>")));
    }
    if let Some(inner) = part.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) {
        return in_brackets(inner);
    }
    let name = part.strip_prefix('*')?.trim_start_matches('*');
    Some(format!("<{}..>", if name.is_empty() { "rest" } else { name }))
}

/// A parameter in the brackets of this language that is written as in another one: `<int:id>`, `<*rest>`, `<rest...>`.
fn in_brackets(inner: &str) -> Option<String> {
    if let Some(name) = inner.strip_prefix('*') {
        return Some(format!("<{}..>", name.trim_start_matches('*')));
    }
    if let Some(name) = inner.strip_suffix("...") {
        return Some(format!("<{name}..>"));
    }
    match inner.split_once(':')? {
        ("path", name) => Some(format!("<{name}..>")),
        ("int" | "float" | "string" | "str" | "slug" | "uuid" | "any", name) => Some(format!("<{name}>")),
        _ => None,
    }
}

fn parse_literal(part: &str, range: &Range<usize>) -> Result<Segment, RouteError> {
    let allowed =
        |c: char| c.is_ascii_alphanumeric() || "-._~!$&'()+,;=@".contains(c) || (!c.is_ascii() && c.is_alphanumeric());
    match part.char_indices().find(|(_, c)| !allowed(*c)) {
        None => Ok(Segment::Literal(part.to_owned())),
        Some((at, found)) => {
            let start = range.start + at;
            fault(RouteErrorKind::Character { found }, start..start + found.len_utf8())
        }
    }
}

fn parse_parameter(inner: &str, range: &Range<usize>) -> Result<Segment, RouteError> {
    let (name, build): (&str, fn(String) -> Segment) = if let Some(name) = inner.strip_suffix("..") {
        (name, Segment::Rest)
    } else if let Some(name) = inner.strip_suffix('?') {
        (name, Segment::Optional)
    } else {
        (inner, Segment::Parameter)
    };
    if name.is_empty() {
        return fault(RouteErrorKind::UnnamedParameter, range.clone());
    }
    if !is_identifier(name) {
        let kind = RouteErrorKind::ParameterName { name: name.to_owned(), suggestion: as_identifier(name) };
        return fault(kind, range.start + 1..range.start + 1 + name.len());
    }
    Ok(build(name.to_owned()))
}

fn check_order(segments: &[(Segment, Range<usize>)]) -> Result<(), RouteError> {
    for (at, (segment, range)) in segments.iter().enumerate() {
        let last = at + 1 == segments.len();
        match segment {
            Segment::Optional(name) if !last => {
                return fault(RouteErrorKind::OptionalNotLast { name: name.clone() }, range.clone());
            }
            Segment::Rest(name) if !last => {
                return fault(RouteErrorKind::RestNotLast { name: name.clone() }, range.clone());
            }
            _ => {}
        }
        let Some(name) = segment.parameter() else { continue };
        if segments[..at].iter().any(|(earlier, _)| earlier.parameter() == Some(name)) {
            return fault(RouteErrorKind::DuplicateParameter { name: name.to_owned() }, range.clone());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn error(text: &str) -> (RouteErrorKind, &str) {
        let error = text.parse::<Route>().unwrap_err();
        (error.kind, &text[error.range])
    }

    #[test]
    fn reads_every_kind_of_segment() {
        let route: Route = "users/<id>/files/<path..>".parse().unwrap();
        assert_eq!(
            route.segments(),
            [
                Segment::Literal("users".into()),
                Segment::Parameter("id".into()),
                Segment::Literal("files".into()),
                Segment::Rest("path".into())
            ]
        );
        assert_eq!("/".parse::<Route>().unwrap().segments(), []);
        assert_eq!(route.parameters().collect::<Vec<_>>(), ["id", "path"]);
    }

    #[test]
    fn an_optional_segment_stands_for_two_routes() {
        let route: Route = "users/<id?>".parse().unwrap();
        let variants: Vec<String> = route.variants().iter().map(Route::normalised).collect();
        assert_eq!(variants, ["users", "users/<>"]);
    }

    #[test]
    fn points_at_what_is_wrong() {
        use RouteErrorKind as K;
        assert_eq!(error(""), (K::Empty, ""));
        assert_eq!(error("/users"), (K::LeadingSlash { corrected: "users".into() }, "/"));
        assert_eq!(error("users/"), (K::TrailingSlash { corrected: "users".into() }, "/"));
        assert_eq!(error("a//b"), (K::DoubleSlash { corrected: "a/b".into() }, "//"));
        assert_eq!(error("//a"), (K::DoubleSlash { corrected: "a".into() }, "//"));
        let before = |found: &str, path: &str| K::BeforePath { found: found.into(), path: path.into() };
        assert_eq!(error("https://a.example/users/"), (before("https://a.example", "users"), "https://a.example"));
        assert_eq!(error("https://a.example"), (before("https://a.example", "/"), "https://a.example"));
        assert_eq!(error("POST /users"), (before("POST", "users"), "POST"));
        assert_eq!(error("all users").0, K::Character { found: ' ' });
        assert_eq!(error("a/<id"), (K::Unclosed { corrected: "<id>".into() }, "<id"));
        assert_eq!(error("a/id>"), (K::Unopened, ">"));
        assert_eq!(error("a/b<id>"), (K::MixedSegment, "b<id>"));
        assert_eq!(error("a/<>"), (K::UnnamedParameter, "<>"));
        assert_eq!(error("a/<user-id>").1, "user-id");
        assert_eq!(error("a/<id>/<id>").0, K::DuplicateParameter { name: "id".into() });
        assert_eq!(error("<id?>/a").0, K::OptionalNotLast { name: "id".into() });
        assert_eq!(error("<id..>/a").0, K::RestNotLast { name: "id".into() });
        assert_eq!(error("a/../b"), (K::DotSegment, ".."));
        assert_eq!(error("a b"), (K::Character { found: ' ' }, " "));
        assert_eq!(error("a?b=1"), (K::Character { found: '?' }, "?"));
        assert_eq!(error("a%20b"), (K::Character { found: '%' }, "%"));
        assert!(matches!(error(&"a".repeat(LONGEST + 1)).0, K::TooLong { .. }));
    }

    #[test]
    fn translates_other_frameworks() {
        for (found, expected) in [
            ("{id}", "<id>"),
            ("{id?}", "<id?>"),
            ("{id:int}", "<id>"),
            ("{*rest}", "<rest..>"),
            ("{proxy+}", "<proxy..>"),
            (":id", "<id>"),
            ("*rest", "<rest..>"),
            ("*", "<rest..>"),
            (":id?", "<id?>"),
            (":id(\\d+)", "<id>"),
            ("[id]", "<id>"),
            ("[...slug]", "<slug..>"),
            ("[[...slug]]", "<slug..>"),
            ("<int:id>", "<id>"),
            ("<path:rest>", "<rest..>"),
            ("<*rest>", "<rest..>"),
            ("<rest...>", "<rest..>"),
        ] {
            let text = format!("a/{found}");
            let kind = RouteErrorKind::OtherSyntax { found: found.into(), corrected: expected.into() };
            assert_eq!(error(&text), (kind, found));
        }
    }

    proptest! {
        #[test]
        fn every_text_is_read_or_refused_within_itself(text in "(GET |http://)?[a-z<>?./:{}\\[\\]* é%]{0,24}") {
            match text.parse::<Route>() {
                Ok(route) => {
                    prop_assert_eq!(route.to_string(), text);
                }
                Err(error) => {
                    prop_assert!(text.get(error.range).is_some());
                }
            }
        }
    }
}
