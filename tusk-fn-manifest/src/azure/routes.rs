//! The folders of functions that answer requests, and the templates of their routes.
//!
//! The host sorts functions by their folders' names and takes the first whose route matches (`FunctionMetadataManager`,
//! `WebScriptHostHttpRoutesManager`), so that a name begins with what puts it where the program's own router would look for it.
//! That follows from the function's own route and nothing else: a function that is added changes no other's name, nor the
//! keys that callers have for it.
//!
//! | the route's next part | digit |
//! |---|---|
//! | nothing more, certain methods | 0 |
//! | a literal segment | 1 |
//! | a parameter | 2 |
//! | nothing more, any method | 3 |
//! | all that remains | 4 |
//!
//! What begins with `h` and these digits is only a name: an event comes by the name of its function, and a request by its path.

use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::route::{Route, Segment};
use tusk_fn_spec::trigger::http::{Http, Methods};

use super::Rendered;
use crate::RenderErrorKind;

/// The host: 128 characters of a function's name (`Utility.IsValidFunctionName`).
const LONGEST_FOLDER: usize = 128;
/// What matches no segment and no more: the host takes an empty route for one that is the function's name.
const ROOT: &str = "{root:maxlength(0)?}";

/// The folder of a function that answers requests.
pub(super) fn folder(record: &FunctionRecord, http: &Http) -> Rendered<String> {
    let folder = format!("h{}-{}", rank(http), record.name);
    if folder.len() > LONGEST_FOLDER {
        let found = http.route.segments().len();
        let most = found - (folder.len() - LONGEST_FOLDER);
        return Err(Box::new(RenderErrorKind::TooManySegments { found, most }));
    }
    Ok(folder)
}

/// What sorts routes as the program's router tries them.
fn rank(http: &Http) -> String {
    let digit = |segment: &Segment| match segment {
        Segment::Literal(_) => '1',
        Segment::Parameter(_) | Segment::Optional(_) => '2',
        Segment::Rest(_) => '4',
    };
    let end = match http.methods {
        Methods::These(_) => '0',
        Methods::Any(_) => '3',
    };
    http.route.segments().iter().map(digit).chain([end]).collect()
}

/// The route as the host has it. No character of a literal means anything in a template.
pub(super) fn template(route: &Route) -> String {
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
    use tusk_fn_spec::trigger::http::{Any, Auth, Method};

    use super::*;

    fn http(route: &str, methods: Methods) -> Http {
        Http { route: route.parse().unwrap(), methods, auth: Auth::Public, body_limit: 1 }
    }

    fn get(route: &str) -> Http {
        http(route, Methods::These(vec![Method::Get]))
    }

    fn any(route: &str) -> Http {
        http(route, Methods::Any(Any::Any))
    }

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

    /// Each before the next, as the program's router prefers them for a path that matches both.
    #[test]
    fn ranks_sort_as_the_router_prefers() {
        for (first, second) in [
            (get("users/list"), get("users/<id>")),
            (get("users/list"), any("users/list")),
            (any("users/list"), get("users/<id>")),
            (get("users/<id>"), any("users/<id>")),
            (any("users/<id>"), get("users/<path..>")),
            (get("users"), get("users/<path..>")),
            (any("users"), get("users/<path..>")),
            (get("users/<id?>"), any("users")),
            (get("users/<path..>"), any("users/<path..>")),
            (get("users/<id>"), get("<x>/list")),
            (get("a/<b..>"), get("<x>/b/c")),
            (any("a/<b..>"), get("<b..>")),
            (get("/"), get("<b..>")),
        ] {
            assert!(rank(&first) < rank(&second), "{} {}", first.route, second.route);
        }
    }
}
