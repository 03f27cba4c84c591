//! The folders of functions that answer requests, and the templates of their routes.
//!
//! The host sorts functions by their folders' names and takes the first whose route matches (`FunctionMetadataManager`,
//! `WebScriptHostHttpRoutesManager`), so that a name begins with what puts it where the program's own router would look for it.
//! That follows from the function's own route and nothing else: a function that is added changes no other's name, nor the
//! keys that callers have for it.
//!
//! The digits are those of [`rank`].
//!
//! What begins with `h` and these digits is only a name: an event comes by the name of its function, and a request by its path.

use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::route::{Route, Segment};
use tusk_fn_spec::trigger::http::Http;

use super::Rendered;
use crate::RenderErrorKind;
use crate::routing::rank;

/// The host: 128 characters of a function's name (`Utility.IsValidFunctionName`).
const LONGEST_FOLDER: usize = 128;
/// What matches no segment and no more: the host takes an empty route for one that is the function's name.
const ROOT: &str = "{root:maxlength(0)?}";

/// The folder of a function that answers requests.
pub(crate) fn folder(record: &FunctionRecord, http: &Http) -> Rendered<String> {
    let folder = format!("h{}-{}", rank(http), record.name);
    if folder.len() > LONGEST_FOLDER {
        let found = http.route.segments().len();
        let most = found - (folder.len() - LONGEST_FOLDER);
        return Err(Box::new(RenderErrorKind::TooManySegments { found, most }));
    }
    Ok(folder)
}

/// The route as the host has it. No character of a literal means anything in a template.
pub(crate) fn template(route: &Route) -> String {
    if route.segments().is_empty() {
        return ROOT.to_owned();
    }
    let names: Vec<&str> = route.parameters().collect();
    let segment = |segment: &Segment| match segment {
        Segment::Literal(text) => text.clone(),
        Segment::Parameter(name) => format!("{{{}}}", parameter(&names, name)),
        Segment::Optional(name) => format!("{{{}?}}", parameter(&names, name)),
        Segment::Rest(name) => format!("{{*{}}}", parameter(&names, name)),
    };
    route.segments().iter().map(segment).collect::<Vec<_>>().join("/")
}

/// A parameter's name, which differs from the others where case does not count. The program reads the path itself.
fn parameter(names: &[&str], name: &str) -> String {
    let alike = |other: &&str| other.eq_ignore_ascii_case(name);
    let at = names.iter().position(|other| *other == name).unwrap_or_default();
    if names.iter().filter(|other| alike(other)).count() > 1 { format!("{name}__{at}") } else { name.to_owned() }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed expectation is a failed test")]
mod tests {
    use super::*;

    #[test]
    fn templates_are_aspnets() {
        for (route, expected) in [
            ("/", "{root:maxlength(0)?}"),
            ("users", "users"),
            ("users/<id>", "users/{id}"),
            ("users/<id?>", "users/{id?}"),
            ("files/<path..>", "files/{*path}"),
            ("<path..>", "{*path}"),
            ("~a/b.c/<x_1>", "~a/b.c/{x_1}"),
            ("<id>/<ID>/<other>", "{id__0}/{ID__1}/{other}"),
        ] {
            assert_eq!(template(&route.parse().unwrap()), expected);
        }
    }
}
