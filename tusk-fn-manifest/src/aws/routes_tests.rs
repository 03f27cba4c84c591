#![allow(clippy::unwrap_used, reason = "a failed expectation is a failed test")]

use super::*;

fn record(name: &str, route: &str, methods: &str) -> FunctionRecord {
    let line = format!(
        r#"{{"v":1,"name":"{name}","trigger":{{"kind":"http","route":"{route}","methods":{methods}}},
            "source":{{"package":"p","module":"p","function":"f","file":"src/main.rs","line":1}}}}"#
    );
    FunctionRecord::from_json(line.as_bytes()).unwrap()
}

const GET: &str = r#"["GET"]"#;
const ANY: &str = r#""any""#;

/// `METHOD path function event`, each.
fn routes(functions: &[(&str, &str, &str)]) -> Vec<String> {
    let records: Vec<_> = functions.iter().map(|(name, route, methods)| record(name, route, methods)).collect();
    let records: Vec<_> = records.iter().collect();
    let text = |it: &Route<'_>| format!("{} {} {} {}", it.method, it.path, it.function, it.event_id());
    resolve(&records).iter().map(text).collect()
}

fn notes_of(functions: &[(&str, &str, &str)]) -> usize {
    let records: Vec<_> = functions.iter().map(|(name, route, methods)| record(name, route, methods)).collect();
    notes(&records.iter().collect::<Vec<_>>()).len()
}

#[test]
fn head_comes_with_get_and_an_optional_segment_is_two_routes() {
    assert_eq!(routes(&[("home", "/", GET)]), ["GET / home Get", "HEAD / home Head"]);
    assert_eq!(
        routes(&[("users", "users/<id?>", GET)]),
        [
            "GET /users users Get",
            "HEAD /users users Head",
            "GET /users/{id} users GetParameter",
            "HEAD /users/{id} users HeadParameter",
        ]
    );
}

#[test]
fn the_rest_is_its_parent_too() {
    assert_eq!(
        routes(&[("files", "files/<path..>", ANY)]),
        ["ANY /files files Any", "ANY /files/{path+} files AnyRest"]
    );
    assert_eq!(routes(&[("all", "<path..>", ANY)]), ["ANY / all Any", "ANY /{path+} all AnyRest"]);
}

#[test]
fn what_is_written_comes_before_what_is_implied() {
    let files = ("files", "files/<path..>", GET);
    let of_parent = |others: &[(&'static str, &'static str, &'static str)]| {
        let mut all = routes(&[&[files], others].concat());
        all.retain(|it| it.contains(" /files "));
        all
    };
    assert_eq!(of_parent(&[("index", "files", GET)]), ["GET /files index Get", "HEAD /files index Head"]);
    assert_eq!(of_parent(&[("probe", "files", r#"["HEAD"]"#)]), ["GET /files files Get", "HEAD /files probe Head"]);
    assert_eq!(of_parent(&[("index", "files", ANY)]), ["ANY /files index Any"]);
    assert_eq!(
        of_parent(&[("add", "files", r#"["POST"]"#)]),
        ["GET /files files Get", "HEAD /files files Head", "POST /files add Post"]
    );
}

#[test]
fn one_place_has_one_variable_name() {
    let functions = [("a", "users/<id>", GET), ("b", "users/<name>/posts/<post>", GET), ("c", "users/<key>", ANY)];
    assert_eq!(
        routes(&functions),
        [
            "ANY /users/{id} c Any",
            "GET /users/{id} a Get",
            "HEAD /users/{id} a Head",
            "GET /users/{id}/posts/{post} b Get",
            "HEAD /users/{id}/posts/{post} b Head",
        ]
    );
}

#[test]
fn routes_that_cross_are_noted() {
    assert_eq!(notes_of(&[("a", "users/<id>", GET), ("b", "users/me", GET)]), 0);
    assert_eq!(notes_of(&[("a", "users/<id>", GET), ("b", "users/<rest..>", GET)]), 0);
    assert_eq!(notes_of(&[("a", "<x>/b", GET), ("b", "a/<y>", GET)]), 1);
    assert_eq!(notes_of(&[("a", "<x>/b", GET), ("b", "a/<y..>", GET)]), 1);
    assert_eq!(notes_of(&[("a", "<x>/b", GET), ("b", "a/<y?>", ANY)]), 1);
    assert_eq!(notes_of(&[("a", "<x>/b", GET), ("b", "a/<y>", r#"["POST"]"#)]), 0);
    assert_eq!(notes_of(&[("a", "<x>/b", GET), ("b", "a/<y>/c", GET)]), 0);
    assert_eq!(notes_of(&[("a", "straße", GET)]), 1);
}
