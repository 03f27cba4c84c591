//! What Azure's host cannot serve of a program: names that it keeps to itself, and routes that it cannot tell apart.
//!
//! The host matches a request with the routes of all functions, in the order of their names, without regard to case, and
//! checks who may call the first that matches. It hands the request on without saying which that was, and the program finds
//! the function by its own rules. So routes of which a request may match several must ask the same of their callers: else the
//! host could let somebody in for one function, and the program call the other.
//!
//! What the host does is read from its source (`ScriptHost.ValidateHttpFunction` and `HttpRoutesConflict`,
//! `Utility.IsValidFunctionName`).

use std::fmt;

use crate::portability::{Reason, Standing};
use crate::record::FunctionRecord;
use crate::route::{Route, Segment};
use crate::trigger::Trigger;
use crate::trigger::http::{Http, Method, Methods};

/// What comes before the path of each route, if nothing else is set up.
pub const DEFAULT_PREFIX: &str = "api";
/// The name that the host keeps to itself.
const RESERVED_NAME: &str = "host";
/// What no route may begin with: the host's own paths do.
const RESERVED_ROUTES: [&str; 2] = ["admin", "runtime"];

/// What is wrong with a program's functions for Azure.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unservable {
    /// No function is for Azure.
    None,
    /// A function's name is what the paths of requests begin with.
    Prefix {
        /// The function.
        function: String,
    },
    /// A function's name is the host's own.
    Reserved {
        /// The function.
        function: String,
    },
    /// Two functions' names differ only in case.
    Alike {
        /// One.
        one: String,
        /// The other.
        other: String,
    },
    /// A route begins as the host's own paths do.
    ReservedRoute {
        /// The function.
        function: String,
        /// Its route.
        route: String,
        /// What it begins with.
        begins: &'static str,
    },
    /// Two functions answer the same requests where case does not count.
    SameRoute {
        /// One function.
        one: String,
        /// Its route.
        route: String,
        /// The other function.
        other: String,
        /// Its route.
        other_route: String,
    },
    /// A request can match the routes of two functions that do not let the same callers in.
    MixedAuth {
        /// One function.
        one: String,
        /// Its route.
        route: String,
        /// The other function.
        other: String,
        /// Its route.
        other_route: String,
    },
}

impl Unservable {
    /// The function that it is about, or one of them.
    pub fn function(&self) -> Option<&str> {
        match self {
            Self::None => None,
            Self::Prefix { function } | Self::Reserved { function } | Self::ReservedRoute { function, .. } => {
                Some(function)
            }
            Self::Alike { other, .. } | Self::SameRoute { other, .. } | Self::MixedAuth { other, .. } => Some(other),
        }
    }

    /// The function that it stands in the way of, where it takes two.
    pub fn other(&self) -> Option<&str> {
        match self {
            Self::None | Self::Prefix { .. } | Self::Reserved { .. } | Self::ReservedRoute { .. } => None,
            Self::Alike { one, .. } | Self::SameRoute { one, .. } | Self::MixedAuth { one, .. } => Some(one),
        }
    }

    /// The same as a reason that the function cannot run on Azure.
    pub fn reason(&self) -> Reason {
        Reason {
            standing: Standing::Impossible,
            key: self.key().unwrap_or("targets"),
            text: self.message(),
            help: Some(self.help().to_owned()),
        }
    }

    /// The attribute's key that it is about.
    pub const fn key(&self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Prefix { .. } | Self::Reserved { .. } | Self::Alike { .. } => Some("name"),
            Self::ReservedRoute { .. } | Self::SameRoute { .. } => Some("route"),
            Self::MixedAuth { .. } => Some("auth"),
        }
    }

    /// What is wrong.
    pub fn message(&self) -> String {
        match self {
            Self::None => "none of this program's functions is for `azure`: each lists other `targets`".to_owned(),
            Self::Prefix { function } => format!(
                "the function `{function}` has the name of the routes' prefix: what the host sends it as an event would \
                 look like a client's request to `/{function}`"
            ),
            Self::Reserved { function } => {
                format!("the function `{function}` has a name that Azure's host keeps to itself")
            }
            Self::Alike { one, other } => {
                format!("the functions `{one}` and `{other}` are one to Azure, where the case of a name does not count")
            }
            Self::ReservedRoute { route, begins, .. } => {
                format!("the route `{route}` begins with `{begins}`, which Azure's host keeps to itself")
            }
            Self::SameRoute { one, route, other, other_route } => format!(
                "the routes `{route}` of `{one}` and `{other_route}` of `{other}` are one to Azure, where case does not \
                 count in a path"
            ),
            Self::MixedAuth { one, route, other, other_route } => format!(
                "a request can match both `{route}` of `{one}` and `{other_route}` of `{other}`, whose `auth` differs, \
                 and Azure's host does not say which of the two it let the caller in for"
            ),
        }
    }

    /// What to do about it.
    pub const fn help(&self) -> &'static str {
        match self {
            Self::None => "list `\"azure\"` among the `targets` of one, or remove the key: then it is for all",
            Self::Prefix { .. } | Self::Reserved { .. } => "give it another `name`",
            Self::Alike { .. } => "rename one of them",
            Self::ReservedRoute { .. } => "begin the route with another word",
            Self::SameRoute { .. } => "give one of them another route, or let one function answer both",
            Self::MixedAuth { .. } => "write the same `auth` for both, or routes that differ in a literal segment",
        }
    }
}

impl fmt::Display for Unservable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.message(), self.help())
    }
}

impl std::error::Error for Unservable {}

/// What Azure cannot serve of these functions, which are for it, behind that prefix of the routes.
pub fn unservable(functions: &[&FunctionRecord], prefix: &str) -> Vec<Unservable> {
    let mut faults = Vec::new();
    if functions.is_empty() {
        faults.push(Unservable::None);
    }
    for (index, record) in functions.iter().enumerate() {
        let function = record.name.clone();
        if let Some(other) = functions[..index].iter().find(|other| other.name.eq_ignore_ascii_case(&record.name)) {
            faults.push(Unservable::Alike { one: other.name.clone(), other: function.clone() });
        }
        if function.eq_ignore_ascii_case(prefix) {
            faults.push(Unservable::Prefix { function });
        } else if function.eq_ignore_ascii_case(RESERVED_NAME) {
            faults.push(Unservable::Reserved { function });
        }
    }
    faults.extend(unroutable(functions));
    faults
}

/// What is wrong with the routes.
fn unroutable(functions: &[&FunctionRecord]) -> Vec<Unservable> {
    let mut faults = Vec::new();
    let mut before: Vec<(&FunctionRecord, &Http)> = Vec::new();
    for record in functions {
        let Trigger::Http(http) = &record.trigger else { continue };
        let route = http.route.to_string();
        let small = route.to_lowercase();
        if let Some(begins) = RESERVED_ROUTES.into_iter().find(|word| small.starts_with(word)) {
            faults.push(Unservable::ReservedRoute { function: record.name.clone(), route: route.clone(), begins });
        }
        for (earlier, its) in &before {
            let (one, other) = (earlier.name.clone(), record.name.clone());
            let (first, second) = (its.route.to_string(), route.clone());
            if template(&its.route) == template(&http.route) {
                if share_a_method(&its.methods, &http.methods, true) {
                    faults.push(Unservable::SameRoute { one, route: first, other, other_route: second });
                }
            } else if its.auth != http.auth
                && share_a_method(&its.methods, &http.methods, false)
                && overlap(&its.route, &http.route)
            {
                faults.push(Unservable::MixedAuth { one, route: first, other, other_route: second });
            }
        }
        before.push((record, http));
    }
    faults
}

/// The methods of which the host is to hand requests to a function; `None` for all.
///
/// The host refuses two functions of one route that share a method, and takes a function that names none for one of all: so
/// `any` beside other functions of its route is the rest of those that are known, and `HEAD` comes with `GET`.
pub fn served_methods(http: &Http, functions: &[&FunctionRecord]) -> Option<Vec<Method>> {
    let own = template(&http.route);
    let named: Vec<Method> = functions
        .iter()
        .filter_map(|record| match &record.trigger {
            Trigger::Http(other) if other != http && template(&other.route) == own => Some(&other.methods),
            _ => None,
        })
        .flat_map(|methods| match methods {
            Methods::These(methods) => methods.clone(),
            Methods::Any(_) => Vec::new(),
        })
        .collect();
    let is_free = |method: Method| {
        let answered = named.contains(&method) || (method == Method::Head && named.contains(&Method::Get));
        !answered
    };
    match &http.methods {
        Methods::Any(_) if named.is_empty() => None,
        Methods::Any(_) => Some(Method::ALL.into_iter().filter(|method| is_free(*method)).collect()),
        Methods::These(methods) => {
            let with_head = methods.contains(&Method::Get) && !named.contains(&Method::Head);
            let is_served = |method: &Method| methods.contains(method) || (*method == Method::Head && with_head);
            Some(Method::ALL.into_iter().filter(is_served).collect())
        }
    }
}

/// A route as the host compares it: without its parameters' names, and in small letters.
fn template(route: &Route) -> Vec<Segment> {
    let nameless = |segment: &Segment| match segment {
        Segment::Literal(text) => Segment::Literal(text.to_lowercase()),
        Segment::Parameter(_) => Segment::Parameter(String::new()),
        Segment::Optional(_) => Segment::Optional(String::new()),
        Segment::Rest(_) => Segment::Rest(String::new()),
    };
    route.segments().iter().map(nameless).collect()
}

/// Whether both take requests of some method. On one route, `any` is what others leave, and `HEAD` is `GET`'s only if no
/// other names it.
fn share_a_method(one: &Methods, other: &Methods, same_route: bool) -> bool {
    match (one, other) {
        (Methods::Any(_), Methods::Any(_)) => true,
        (Methods::Any(_), _) | (_, Methods::Any(_)) => !same_route,
        (Methods::These(one), Methods::These(other)) => {
            let takes = |methods: &[Method], method: Method| {
                methods.contains(&method) || (!same_route && method == Method::Head && methods.contains(&Method::Get))
            };
            Method::ALL.into_iter().any(|method| takes(one, method) && takes(other, method))
        }
    }
}

/// Whether some path matches both routes where case does not count.
fn overlap(one: &Route, other: &Route) -> bool {
    let of = |route: &Route| route.variants().iter().map(template).collect::<Vec<_>>();
    of(one).iter().any(|one| of(other).iter().any(|other| paths_overlap(one, other)))
}

fn paths_overlap(one: &[Segment], other: &[Segment]) -> bool {
    let (mut one, mut other) = (one.iter(), other.iter());
    loop {
        match (one.next(), other.next()) {
            // What remains may be empty, and may be whatever the other one asks for.
            (None, None) | (Some(Segment::Rest(_)), _) | (_, Some(Segment::Rest(_))) => return true,
            (None, Some(_)) | (Some(_), None) => return false,
            (Some(Segment::Literal(a)), Some(Segment::Literal(b))) if a != b => return false,
            (Some(_), Some(_)) => {}
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed expectation is a failed test")]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn record(name: &str, trigger: &Value) -> FunctionRecord {
        let source = json!({"package": "shop", "module": "shop", "function": "f", "file": "lib.rs", "line": 1});
        let record = json!({"v": 1, "name": name, "trigger": trigger, "source": source});
        FunctionRecord::from_json(record.to_string().as_bytes()).unwrap()
    }

    fn http(route: &str, methods: &Value, auth: &str) -> Value {
        json!({"kind": "http", "route": route, "methods": methods, "auth": auth})
    }

    fn found(functions: &[FunctionRecord], prefix: &str) -> Vec<String> {
        let faults = unservable(&functions.iter().collect::<Vec<_>>(), prefix);
        faults.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn names_that_the_host_does_not_take() {
        let queue = json!({"kind": "queue", "queue": "orders"});
        let route = http("x", &json!(["GET"]), "public");
        for (functions, prefix, why) in [
            (vec![("fulfil", &queue)], "api", ""),
            (vec![], "api", "none of this program's functions is for `azure`"),
            (vec![("api", &queue)], "api", "the function `api` has the name of the routes' prefix"),
            (vec![("API", &route)], "api", "the function `API` has the name of the routes' prefix"),
            (vec![("shop", &queue)], "Shop", "the function `shop` has the name of the routes' prefix"),
            (vec![("Host", &queue)], "api", "the function `Host` has a name that Azure's host keeps to itself"),
            (vec![("a", &queue), ("A", &route)], "api", "the functions `a` and `A` are one to Azure"),
        ] {
            let records: Vec<FunctionRecord> = functions.iter().map(|(name, trigger)| record(name, trigger)).collect();
            let faults = found(&records, prefix).join("\n");
            assert!(faults.starts_with(why) && faults.is_empty() == why.is_empty(), "{faults}");
        }
    }

    /// What is wrong with two functions, given by route, methods and auth.
    fn pair(one: (&str, Value, &str), other: (&str, Value, &str)) -> Option<Unservable> {
        let of = |name: &str, (route, methods, auth): (&str, Value, &str)| record(name, &http(route, &methods, auth));
        let records = [of("one", one), of("other", other)];
        let mut faults = unservable(&records.iter().collect::<Vec<_>>(), "api");
        assert!(faults.len() < 2, "{faults:?}");
        faults.pop()
    }

    #[test]
    fn routes_that_one_request_matches_let_the_same_callers_in() {
        let get = || json!(["GET"]);
        for (one, other) in [
            ("users/<id>", "users/list"),
            ("users/<id?>", "users"),
            ("users/<id?>", "<x>/7"),
            ("<path..>", "/"),
            ("files/<path..>", "files"),
            ("files/<path..>", "<x>/<y>/<z>"),
            ("Users/list", "users/<id>"),
            ("<x>", "straße"),
        ] {
            let fault = pair((one, get(), "public"), (other, get(), "platform"));
            assert!(matches!(fault, Some(Unservable::MixedAuth { .. })), "{one} {other}: {fault:?}");
            assert_eq!(pair((one, get(), "public"), (other, get(), "public")), None, "{one} {other}");
            assert_eq!(pair((one, get(), "public"), (other, json!(["POST"]), "admin")), None, "{one} {other}");
        }
        for (one, other) in [
            ("users/<id>", "users"),
            ("users/<id>", "users/<id>/orders"),
            ("users/<id?>", "orders/<id?>"),
            ("files/<path..>", "file"),
            ("a/<x>", "b/<x>"),
        ] {
            assert_eq!(pair((one, get(), "public"), (other, get(), "platform")), None, "{one} {other}");
        }
        for (one, other) in [(get(), json!(["HEAD"])), (get(), json!("any")), (json!("any"), json!(["PATCH"]))] {
            let fault = pair(("users/<id>", one.clone(), "public"), ("users/list", other.clone(), "platform"));
            assert!(matches!(fault, Some(Unservable::MixedAuth { .. })), "{one} {other}: {fault:?}");
            assert_eq!(pair(("users", one, "public"), ("users", other, "platform")), None);
        }
    }

    #[test]
    fn routes_that_differ_in_case_or_names_only_are_one() {
        for (one, other) in [("Users", "users"), ("users/<id>", "USERS/<name>"), ("<a>/<b?>", "<c>/<d?>")] {
            let fault = pair((one, json!(["GET"]), "public"), (other, json!(["GET", "POST"]), "public"));
            assert!(matches!(fault, Some(Unservable::SameRoute { .. })), "{one} {other}: {fault:?}");
            assert_eq!(pair((one, json!(["GET"]), "public"), (other, json!(["POST"]), "platform")), None);
        }
        assert_eq!(pair(("a/<b?>", json!(["GET"]), "public"), ("a/<b>/c", json!(["GET"]), "public")), None);
    }

    #[test]
    fn the_hosts_own_paths_are_not_for_routes() {
        for (route, begins) in [("admin", "admin"), ("Administrators/<id>", "admin"), ("runtime/x", "runtime")] {
            let fault = unservable(&[&record("f", &http(route, &json!(["GET"]), "public"))], "api").pop().unwrap();
            let expected = Unservable::ReservedRoute { function: "f".to_owned(), route: route.to_owned(), begins };
            assert_eq!(fault, expected);
            assert_eq!((fault.function(), fault.key()), (Some("f"), Some("route")));
        }
        for route in ["users/admin", "<admin>", "adm"] {
            assert_eq!(found(&[record("f", &http(route, &json!(["GET"]), "public"))], "api"), [] as [String; 0]);
        }
    }

    #[test]
    fn methods_are_the_hosts() {
        let served = |functions: &[(&str, Value)]| -> Vec<String> {
            let records: Vec<FunctionRecord> =
                functions.iter().map(|(route, methods)| record("f", &http(route, methods, "public"))).collect();
            let all: Vec<&FunctionRecord> = records.iter().collect();
            let of = |record: &&FunctionRecord| {
                let Trigger::Http(http) = &record.trigger else { panic!("{record:?}") };
                let methods = served_methods(http, &all);
                methods
                    .map_or("*".to_owned(), |methods| methods.iter().map(|it| it.name()).collect::<Vec<_>>().join(","))
            };
            all.iter().map(of).collect()
        };
        assert_eq!(served(&[("a", json!(["GET"]))]), ["GET,HEAD"]);
        assert_eq!(served(&[("a", json!(["POST"])), ("b", json!("any"))]), ["POST", "*"]);
        assert_eq!(served(&[("a", json!(["GET"])), ("A", json!(["HEAD"]))]), ["GET", "HEAD"]);
        assert_eq!(
            served(&[("a/<x>", json!(["GET"])), ("a/<y>", json!("any"))]),
            ["GET,HEAD", "POST,PUT,PATCH,DELETE,OPTIONS"]
        );
    }
}
