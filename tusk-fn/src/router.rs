//! Finds the function of a path and a method.
//!
//! A tree by segments. Literal segments come before parameters, and those before the rest; a function that has the exact
//! method comes before one that takes any. Where the best path has no function of the method, the next best is tried, as
//! the providers' own routers do.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use smallvec::SmallVec;
use tusk_fn_spec::route::{Route, Segment};
use tusk_fn_spec::trigger::http::{Method, Methods};

/// The parts of a path that a route's parameters matched, as byte ranges of it, in the order of the parameters.
pub(crate) type Captures = SmallVec<[(u32, u32); 4]>;

/// Whether a wire delivers paths percent-encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PathForm {
    /// As the client sent it.
    Encoded,
    /// Decoded by the platform (only AWS's HTTP API does that), or a route's own.
    Decoded,
}

/// What a path and a method lead to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// The function of that index.
    Function(usize, Captures),
    /// The path is known, but not with this method; these are.
    WrongMethod(Vec<Method>),
    /// No route matches the path.
    Nothing,
}

/// The routes of a program.
#[derive(Debug, Default)]
pub(crate) struct Router {
    root: Node,
}

#[derive(Debug, Default)]
struct Node {
    literals: Vec<(Box<str>, Node)>,
    parameter: Option<Box<Node>>,
    here: Endpoint,
    rest: Endpoint,
}

/// The functions of one path.
#[derive(Debug, Default)]
struct Endpoint {
    exact: Vec<(Method, usize)>,
    any: Option<usize>,
}

impl Router {
    /// Adds a function's route. Equal routes were refused before; of two, the first would win.
    pub(crate) fn insert(&mut self, route: &Route, methods: &Methods, function: usize) {
        for variant in route.variants() {
            let mut node = &mut self.root;
            let mut rest = false;
            for segment in variant.segments() {
                match segment {
                    Segment::Literal(text) => node = node.literal(text),
                    Segment::Parameter(_) | Segment::Optional(_) => {
                        node = node.parameter.get_or_insert_with(Box::default);
                    }
                    Segment::Rest(_) => rest = true,
                }
            }
            let endpoint = if rest { &mut node.rest } else { &mut node.here };
            endpoint.insert(methods, function);
        }
    }

    /// The function of a path. `method` is `None` for one that no function can name.
    pub(crate) fn find(&self, path: &str, form: PathForm, method: Option<Method>) -> Found {
        let Some(rest) = path.strip_prefix('/') else { return Found::Nothing };
        let mut search = Search { path, form, method, captures: Captures::new(), allowed: Vec::new() };
        let start = if rest.is_empty() { None } else { Some(1) };
        match search.descend(&self.root, start) {
            Some(function) => Found::Function(function, search.captures),
            None if search.allowed.is_empty() => Found::Nothing,
            None => {
                search.allowed.sort_unstable();
                search.allowed.dedup();
                Found::WrongMethod(search.allowed)
            }
        }
    }
}

impl Node {
    fn literal(&mut self, text: &str) -> &mut Self {
        let known = self.literals.iter().position(|(literal, _)| **literal == *text);
        let at = known.unwrap_or_else(|| {
            self.literals.push((text.into(), Self::default()));
            self.literals.len() - 1
        });
        &mut self.literals[at].1
    }
}

impl Endpoint {
    fn insert(&mut self, methods: &Methods, function: usize) {
        match methods {
            Methods::These(methods) => self.exact.extend(methods.iter().map(|method| (*method, function))),
            Methods::Any(_) => self.any = self.any.or(Some(function)),
        }
    }

    fn function(&self, method: Option<Method>) -> Option<usize> {
        let exact = |wanted| self.exact.iter().find(|(method, _)| *method == wanted).map(|(_, function)| *function);
        let named = method.and_then(|method| match method {
            Method::Head => exact(Method::Head).or_else(|| exact(Method::Get)),
            method => exact(method),
        });
        named.or(self.any)
    }
}

/// One walk down the tree.
struct Search<'a> {
    path: &'a str,
    form: PathForm,
    method: Option<Method>,
    captures: Captures,
    allowed: Vec<Method>,
}

impl Search<'_> {
    /// Looks below `node` for what begins at byte `start` of the path; `None` where the path has ended.
    fn descend(&mut self, node: &Node, start: Option<usize>) -> Option<usize> {
        let Some(start) = start else {
            return self
                .end(&node.here)
                .or_else(|| self.captured(self.path.len(), self.path.len(), |search| search.end(&node.rest)));
        };
        let rest = self.path.as_bytes().iter().skip(start);
        let end = rest.take_while(|byte| **byte != b'/').count() + start;
        let next = (end < self.path.len()).then_some(end + 1);
        if !node.literals.is_empty() {
            let segment = self.segment(start, end);
            let literal = node.literals.iter().find(|(literal, _)| **literal == *segment);
            if let Some(function) = literal.and_then(|(_, below)| self.descend(below, next)) {
                return Some(function);
            }
        }
        if let Some(below) = &node.parameter
            && start < end
            && let Some(function) = self.captured(start, end, |search| search.descend(below, next))
        {
            return Some(function);
        }
        self.captured(start, self.path.len(), |search| search.end(&node.rest))
    }

    fn segment(&self, start: usize, end: usize) -> Cow<'_, str> {
        let segment = &self.path[start..end];
        if self.form == PathForm::Encoded && segment.contains('%') {
            percent_decode_str(segment).decode_utf8_lossy()
        } else {
            Cow::Borrowed(segment)
        }
    }

    /// Goes on with a capture, which stays only if that leads to a function.
    fn captured(&mut self, start: usize, end: usize, go_on: impl FnOnce(&mut Self) -> Option<usize>) -> Option<usize> {
        // A path longer than 4 GiB does not exist.
        let capture = (u32::try_from(start).ok()?, u32::try_from(end).ok()?);
        self.captures.push(capture);
        let found = go_on(self);
        if found.is_none() {
            self.captures.pop();
        }
        found
    }

    fn end(&mut self, endpoint: &Endpoint) -> Option<usize> {
        let function = endpoint.function(self.method);
        if function.is_none() {
            for (method, _) in &endpoint.exact {
                self.allowed.push(*method);
                if *method == Method::Get {
                    self.allowed.push(Method::Head);
                }
            }
        }
        function
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tusk_fn_spec::trigger::http::Any;

    fn router(routes: &[(&str, &[Method])]) -> Router {
        let mut built = Router::default();
        for (index, (route, methods)) in routes.iter().enumerate() {
            let methods = if methods.is_empty() { Methods::Any(Any::Any) } else { Methods::These(methods.to_vec()) };
            built.insert(&route.parse().unwrap(), &methods, index);
        }
        built
    }

    fn find(router: &Router, method: Method, path: &str) -> Option<(usize, Vec<String>)> {
        match router.find(path, PathForm::Encoded, Some(method)) {
            Found::Function(function, captures) => {
                Some((function, captures.iter().map(|(a, b)| path[*a as usize..*b as usize].to_owned()).collect()))
            }
            _ => None,
        }
    }

    use Method::{Delete, Get, Head, Post, Put};

    #[test]
    fn literal_before_parameter_before_rest() {
        let router =
            router(&[("users/<id>", &[Get]), ("users/me", &[Get]), ("<all..>", &[Get]), ("users/<id>/orders", &[Get])]);
        assert_eq!(find(&router, Get, "/users/me"), Some((1, vec![])));
        assert_eq!(find(&router, Get, "/users/7"), Some((0, vec!["7".into()])));
        assert_eq!(find(&router, Get, "/users/me/orders"), Some((3, vec!["me".into()])));
        assert_eq!(find(&router, Get, "/users/7/x/y"), Some((2, vec!["users/7/x/y".into()])));
        assert_eq!(find(&router, Get, "/"), Some((2, vec![String::new()])));
    }

    #[test]
    fn optional_segments_match_with_and_without() {
        let router = router(&[("users/<id?>", &[Get])]);
        assert_eq!(find(&router, Get, "/users"), Some((0, vec![])));
        assert_eq!(find(&router, Get, "/users/7"), Some((0, vec!["7".into()])));
        assert_eq!(find(&router, Get, "/users/"), None);
        assert_eq!(find(&router, Get, "/users/7/8"), None);
        assert_eq!(find(&router, Get, "users"), None);
    }

    #[test]
    fn a_rest_may_be_empty() {
        let router = router(&[("files/<path..>", &[Get])]);
        assert_eq!(find(&router, Get, "/files"), Some((0, vec![String::new()])));
        assert_eq!(find(&router, Get, "/files/"), Some((0, vec![String::new()])));
        assert_eq!(find(&router, Get, "/files/a/b"), Some((0, vec!["a/b".into()])));
    }

    #[test]
    fn the_exact_method_before_any_and_the_next_route_before_a_refusal() {
        let router = router(&[("a", &[Get]), ("a", &[]), ("b/me", &[Get]), ("b/<id>", &[Delete]), ("c", &[Post, Put])]);
        assert_eq!(find(&router, Get, "/a"), Some((0, vec![])));
        assert_eq!(find(&router, Post, "/a"), Some((1, vec![])));
        assert_eq!(find(&router, Head, "/a"), Some((0, vec![])));
        assert_eq!(find(&router, Delete, "/b/me"), Some((3, vec!["me".into()])));
        assert_eq!(router.find("/c", PathForm::Encoded, Some(Get)), Found::WrongMethod(vec![Post, Put]));
        assert_eq!(router.find("/b/me", PathForm::Encoded, None), Found::WrongMethod(vec![Get, Head, Delete]));
        assert_eq!(router.find("/d", PathForm::Encoded, Some(Get)), Found::Nothing);
    }

    #[test]
    fn literals_match_decoded_and_an_encoded_slash_does_not_divide() {
        let router = router(&[("straße", &[Get]), ("x/<name>", &[Get])]);
        assert_eq!(find(&router, Get, "/stra%C3%9Fe"), Some((0, vec![])));
        assert_eq!(find(&router, Get, "/x/a%2Fb"), Some((1, vec!["a%2Fb".into()])));
        assert_eq!(router.find("/straße", PathForm::Decoded, Some(Get)), Found::Function(0, Captures::new()));
    }
}
