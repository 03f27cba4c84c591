//! Which function answers which route of the API.
//!
//! API Gateway has no optional segments and wants at least one segment for a greedy one, so `users/<id?>` is two routes, and
//! `files/<path..>` is `/files/{path+}` and `/files`. `HEAD` comes with `GET`. Such routes, which nobody wrote, give way to
//! those that somebody did, by the order in which the program itself looks for a function: first the functions of the exact
//! path, one with the exact method before one with any, and then those whose `<path..>` is empty here.

use std::collections::{BTreeMap, BTreeSet};

use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::route::{self, Segment};
use tusk_fn_spec::trigger::Trigger;
use tusk_fn_spec::trigger::http::{Method, Methods};

use crate::{Note, NoteKind};

/// A route of the API and the function that answers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Route<'a> {
    /// A method's name, or `ANY`.
    pub(crate) method: &'static str,
    /// The path as API Gateway writes it: `/users/{id}`.
    pub(crate) path: String,
    /// The function's name.
    pub(crate) function: &'a str,
    kind: Kind,
}

/// Which of the paths of one template a path is. One function has each kind once for each method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// The template, or what remains of it without its optional end.
    Plain,
    /// With the optional parameter.
    Parameter,
    /// With at least one segment for the rest.
    Rest,
}

impl Route<'_> {
    /// The logical id of the event within its function.
    pub(super) fn event_id(&self) -> String {
        let method = self.method.get(1..).unwrap_or_default().to_ascii_lowercase();
        let kind = match self.kind {
            Kind::Plain => "",
            Kind::Parameter => "Parameter",
            Kind::Rest => "Rest",
        };
        format!("{}{method}{kind}", self.method.get(..1).unwrap_or_default())
    }
}

/// A function and what kind of path of its route this is.
type Candidate<'a> = (&'a str, Kind);

/// The functions of one path.
#[derive(Debug, Default)]
struct Endpoint<'a> {
    exact: BTreeMap<Method, Candidate<'a>>,
    any: Option<Candidate<'a>>,
}

impl<'a> Endpoint<'a> {
    fn insert(&mut self, methods: &Methods, candidate: Candidate<'a>) {
        match methods {
            Methods::These(methods) => {
                for method in methods {
                    self.exact.entry(*method).or_insert(candidate);
                }
            }
            Methods::Any(_) => {
                self.any.get_or_insert(candidate);
            }
        }
    }

    /// The functions by method, `HEAD` with `GET` among them.
    fn methods(&self) -> BTreeMap<&'static str, Candidate<'a>> {
        let mut methods: BTreeMap<_, _> = self.exact.iter().map(|(method, it)| (method.name(), *it)).collect();
        if let Some(get) = self.exact.get(&Method::Get) {
            methods.entry(Method::Head.name()).or_insert(*get);
        }
        methods.extend(self.any.map(|it| ("ANY", it)));
        methods
    }
}

/// The functions of one path that is not greedy: those of the path itself, and those whose rest is empty here.
#[derive(Debug, Default)]
struct Place<'a> {
    here: Endpoint<'a>,
    empty_rest: Endpoint<'a>,
}

impl<'a> Place<'a> {
    fn methods(&self) -> BTreeMap<&'static str, Candidate<'a>> {
        let mut methods = self.here.methods();
        if self.here.any.is_none() {
            for (method, candidate) in self.empty_rest.methods() {
                methods.entry(method).or_insert(candidate);
            }
        }
        methods
    }
}

/// The routes of these functions, which are sorted by name, in the order of their paths.
pub(crate) fn resolve<'a>(functions: &[&'a FunctionRecord]) -> Vec<Route<'a>> {
    let mut names = Names::default();
    let mut places: BTreeMap<String, Place<'a>> = BTreeMap::new();
    for record in functions {
        let Trigger::Http(http) = &record.trigger else { continue };
        for (kind, segments) in paths(&http.route) {
            let rest_is_empty = kind == Kind::Plain && matches!(http.route.segments().last(), Some(Segment::Rest(_)));
            let place = places.entry(names.path(&segments)).or_default();
            let endpoint = if rest_is_empty { &mut place.empty_rest } else { &mut place.here };
            endpoint.insert(&http.methods, (&record.name, kind));
        }
    }
    let mut routes = Vec::new();
    for (path, place) in places {
        for (method, (function, kind)) in place.methods() {
            routes.push(Route { method, path: path.clone(), function, kind });
        }
    }
    routes
}

/// The paths that a template stands for. An optional segment reads as a parameter.
fn paths(route: &route::Route) -> Vec<(Kind, Vec<Segment>)> {
    let segments = route.segments();
    match segments.split_last() {
        Some((Segment::Optional(name), before)) => {
            let with = [before, &[Segment::Parameter(name.clone())]].concat();
            vec![(Kind::Plain, before.to_vec()), (Kind::Parameter, with)]
        }
        Some((Segment::Rest(_), before)) => vec![(Kind::Plain, before.to_vec()), (Kind::Rest, segments.to_vec())],
        _ => vec![(Kind::Plain, segments.to_vec())],
    }
}

/// How API Gateway's path variables are called. Two functions may call one variable differently, but paths that differ only
/// in that are one path to a gateway: the first name that is given in a place stays.
#[derive(Debug, Default)]
struct Names(BTreeMap<String, String>);

impl Names {
    fn path(&mut self, segments: &[Segment]) -> String {
        let mut path = String::new();
        for segment in segments {
            path.push('/');
            match segment {
                Segment::Literal(text) => path.push_str(text),
                Segment::Parameter(name) | Segment::Optional(name) => {
                    let name = self.0.entry(path.clone()).or_insert_with(|| name.clone());
                    path.extend(["{", name, "}"]);
                }
                Segment::Rest(name) => path.extend(["{", name, "+}"]),
            }
        }
        if path.is_empty() { "/".to_owned() } else { path }
    }
}

/// What the gateway may do otherwise than the program.
pub(crate) fn notes(functions: &[&FunctionRecord]) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut seen = BTreeSet::new();
    for (at, record) in functions.iter().enumerate() {
        let Trigger::Http(http) = &record.trigger else { continue };
        let is_beyond_ascii = |segment: &Segment| matches!(segment, Segment::Literal(text) if !text.is_ascii());
        if http.route.segments().iter().any(is_beyond_ascii) {
            notes.push(Note::of(record, NoteKind::Characters { route: http.route.to_string() }));
        }
        for other in functions.iter().skip(at + 1) {
            let Trigger::Http(http_of_other) = &other.trigger else { continue };
            let (route, route_of_other) = (&http.route, &http_of_other.route);
            if share_a_method(&http.methods, &http_of_other.methods)
                && crossing(route, route_of_other)
                && seen.insert((route.to_string(), route_of_other.to_string()))
            {
                let (route, other_route) = (route.to_string(), route_of_other.to_string());
                notes.push(Note::of(
                    record,
                    NoteKind::Order { route, other: other_route, function: other.name.clone() },
                ));
            }
        }
    }
    notes
}

fn share_a_method(a: &Methods, b: &Methods) -> bool {
    match (a, b) {
        (Methods::Any(_), _) | (_, Methods::Any(_)) => true,
        (Methods::These(a), Methods::These(b)) => a.iter().any(|method| b.contains(method)),
    }
}

/// Whether some path matches both templates, of which neither is the more specific one in every segment.
fn crossing(a: &route::Route, b: &route::Route) -> bool {
    let variants = |route: &route::Route| paths(route).into_iter().map(|(_, segments)| segments).collect::<Vec<_>>();
    variants(a).iter().any(|a| variants(b).iter().any(|b| paths_cross(a, b)))
}

fn paths_cross(a: &[Segment], b: &[Segment]) -> bool {
    let mut first_is_ahead = false;
    let mut second_is_ahead = false;
    let (mut a, mut b) = (a.iter(), b.iter());
    loop {
        match (a.next(), b.next()) {
            // One ends where the other goes on: no path is both, as what remains must not be empty.
            (None, Some(_)) | (Some(_), None) => return false,
            (Some(Segment::Literal(a)), Some(Segment::Literal(b))) if a != b => return false,
            (None, None) | (Some(Segment::Rest(_)), Some(Segment::Rest(_))) => break,
            (Some(Segment::Rest(_)), Some(_)) => {
                second_is_ahead = true;
                break;
            }
            (Some(_), Some(Segment::Rest(_))) => {
                first_is_ahead = true;
                break;
            }
            (Some(Segment::Literal(_)), Some(Segment::Literal(_))) => {}
            (Some(Segment::Literal(_)), Some(_)) => first_is_ahead = true,
            (Some(_), Some(Segment::Literal(_))) => second_is_ahead = true,
            (Some(_), Some(_)) => {}
        }
    }
    first_is_ahead && second_is_ahead
}

#[cfg(test)]
#[path = "routes_tests.rs"]
mod tests;
