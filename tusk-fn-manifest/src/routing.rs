//! Which requests reach which function, in the order in which they are tried.
//!
//! A platform that has routes of its own gets them from here and from its own module alike, so that what is shown and what is
//! deployed cannot differ.

use tusk_fn_spec::azure::DEFAULT_PREFIX;
use tusk_fn_spec::provider::Target;
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::route::Segment;
use tusk_fn_spec::trigger::Trigger;
use tusk_fn_spec::trigger::http::{Http, Methods};

use crate::container::Callers;
use crate::selection::order;
use crate::{Note, aws, azure};

/// A route as it is served.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServedRoute {
    /// The methods, or `ANY` alone for all that no other function of the path names.
    pub methods: Vec<&'static str>,
    /// The path, in the platform's own grammar: `/users/{id}` on AWS.
    pub path: String,
    /// The function's name.
    pub function: String,
    /// What serves it, where the platform has several: on Azure the folder of the function, on Google and Knative the suffix
    /// of the service's name.
    pub by: Option<String>,
}

/// The routes of a program, and what is to be known of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Routing {
    /// The routes: of two that match the same path, the first one answers. API Gateway, which prefers the most specific route
    /// wherever it stands, has them in the order of their paths.
    pub routes: Vec<ServedRoute>,
    /// What the platform may do otherwise than the program's own router.
    pub notes: Vec<Note>,
}

/// Which requests reach which function: on a platform, or, without one, by the program's own router, which answers on your
/// machine. Functions that are not for the platform, or that answer no requests, are left out.
///
/// ```
/// use tusk_fn_manifest::routing;
/// use tusk_fn_spec::{provider::Target, record::FunctionRecord};
///
/// let record = FunctionRecord::from_json(
///     br#"{"v":1,"name":"user","trigger":{"kind":"http","route":"users/<id>","methods":["GET"]},
///          "source":{"package":"users","module":"users","function":"user","file":"src/main.rs","line":1}}"#,
/// )?;
/// let served = routing(std::slice::from_ref(&record), Some(Target::Azure));
/// assert_eq!(served.routes[0].path, "/api/users/{id}");
/// assert_eq!(routing(&[record], None).routes[0].path, "/users/<id>");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn routing(functions: &[FunctionRecord], target: Option<Target>) -> Routing {
    let mut functions: Vec<&FunctionRecord> =
        functions.iter().filter(|it| target.is_none_or(|target| it.is_for(target))).collect();
    functions.sort_by(|a, b| order(a, b));
    if target == Some(Target::Aws) {
        let routes = aws::routes::resolve(&functions).into_iter().map(|route| ServedRoute {
            methods: vec![route.method],
            path: route.path,
            function: route.function.to_owned(),
            by: None,
        });
        return Routing { routes: routes.collect(), notes: aws::routes::notes(&functions) };
    }
    let mut answering: Vec<(&FunctionRecord, &Http)> = functions
        .into_iter()
        .filter_map(|record| match &record.trigger {
            Trigger::Http(http) => Some((record, http)),
            _ => None,
        })
        .collect();
    answering.sort_by_cached_key(|(_, http)| (rank(http), http.route.to_string()));
    let served = |(record, http): (&FunctionRecord, &Http)| ServedRoute {
        methods: http.methods.names(),
        path: match target {
            Some(Target::Azure) => format!("/{DEFAULT_PREFIX}/{}", azure::routes::template(&http.route)),
            _ => format!("/{}", http.route.to_string().trim_start_matches('/')),
        },
        function: record.name.clone(),
        by: match target {
            Some(Target::Azure) => azure::routes::folder(record, http).ok(),
            Some(Target::Google | Target::Knative) => Some(Callers::of(record).suffix().to_owned()),
            Some(Target::Aws) | None => None,
        },
    };
    Routing { routes: answering.into_iter().map(served).collect(), notes: Vec::new() }
}

/// What sorts routes as the program's router tries them.
///
/// | the route's next part | digit |
/// |---|---|
/// | nothing more, certain methods | 0 |
/// | a literal segment | 1 |
/// | a parameter | 2 |
/// | nothing more, any method | 3 |
/// | all that remains | 4 |
pub(crate) fn rank(http: &Http) -> String {
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

    fn record(name: &str, route: &str, methods: &str, more: &str) -> FunctionRecord {
        let source = r#"{"package":"p","module":"p","function":"f","file":"src/main.rs","line":1}"#;
        let trigger = format!(r#"{{"kind":"http","route":"{route}","methods":{methods}{more}}}"#);
        let line = format!(r#"{{"v":1,"name":"{name}","trigger":{trigger},"targets":[],"source":{source}}}"#);
        FunctionRecord::from_json(line.as_bytes()).unwrap()
    }

    fn shown(functions: &[FunctionRecord], target: Option<Target>) -> Vec<String> {
        let show = |route: ServedRoute| {
            let by = route.by.map(|by| format!(" by {by}")).unwrap_or_default();
            format!("{} {} {}{by}", route.methods.join(","), route.path, route.function)
        };
        routing(functions, target).routes.into_iter().map(show).collect()
    }

    #[test]
    fn a_platform_serves_what_its_manifest_has() {
        let functions = [
            record("file", "files/<path..>", r#"["GET"]"#, ""),
            record("home", "/", r#"["GET","POST"]"#, r#","auth":"public""#),
            record("user", "users/<id?>", r#""any""#, ""),
        ];
        assert_eq!(shown(&functions, None), ["GET,POST / home", "ANY /users/<id?> user", "GET /files/<path..> file"]);
        let azure = [
            "GET,POST /api/{root:maxlength(0)?} home by h0-home",
            "ANY /api/users/{id?} user by h123-user",
            "GET /api/files/{*path} file by h140-file",
        ];
        assert_eq!(shown(&functions, Some(Target::Azure)), azure);
        let knative =
            ["GET,POST / home by public", "ANY /users/<id?> user by platform", "GET /files/<path..> file by platform"];
        assert_eq!(shown(&functions, Some(Target::Knative)), knative);
        let aws = shown(&functions, Some(Target::Aws));
        assert!(
            aws.contains(&"GET /files/{path+} file".to_owned()) && aws.contains(&"ANY /users user".to_owned()),
            "{aws:?}"
        );
    }

    #[test]
    fn functions_for_other_platforms_are_left_out() {
        let mut only = record("only", "only", r#"["GET"]"#, "");
        only.targets = vec![Target::Aws];
        assert_eq!(shown(&[only.clone()], Some(Target::Azure)), Vec::<String>::new());
        assert_eq!(shown(&[only], None), ["GET /only only"]);
    }
}
