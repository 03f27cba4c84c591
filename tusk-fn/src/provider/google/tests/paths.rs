//! Where requests go that are for the one function that Google names, and how it may be told to call it.

use std::sync::Arc;

use axum_core::body::Body;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};

use super::record;
use crate::context::Delivery;
use crate::dispatch::{Function, Program};
use crate::invocation::{Delivered, Head, HttpInput, Input, RequestBody};
use crate::private::{HandlerFuture, Invocation, Outcome, Requirements, boxed};
use crate::provider::Provider;
use crate::provider::google::contract;
use crate::state::States;

/// Answers what the first parameter of its route is.
fn echo(invocation: Invocation) -> HandlerFuture {
    boxed(async move {
        let Input::Http(http) = &invocation.delivered.input else { panic!("a request") };
        let captured = http.capture(0).map(|text| text.unwrap().into_owned());
        Ok(Outcome::Response(http::Response::new(Body::from(format!("{captured:?}")))))
    })
}

/// What a process with one function of that route answers; all paths lead there if `sole`.
async fn answer(route: &str, sole: bool, method: &str, path: &str) -> (u16, String) {
    let trigger = json!({"kind": "http", "route": route, "methods": ["GET"], "auth": "public"});
    let function = Function::new(record("handle", &trigger), echo, &Requirements::default());
    let program = Program::new(Provider::Google, vec![function], States::default());
    let program = Arc::new(program.with_fallback(sole.then_some(0)));
    let (parts, ()) = http::Request::builder().method(method).uri(path).body(()).unwrap().into_parts();
    let input = Input::Http(HttpInput::new(Head::Parts(parts), RequestBody::Body(Body::empty()), None));
    let response = program.respond(Box::new(Delivered { input, delivery: Delivery::local() })).await.unwrap();
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.into()).unwrap())
}

#[tokio::test]
async fn all_paths_lead_to_a_function_whose_route_needs_nothing_of_them() {
    for (route, path, captured) in [
        ("hello", "/hello", "None"),
        ("hello", "/any/path", "None"),
        ("/", "/any/path", "None"),
        ("a/b", "/", "None"),
        ("users/<id?>", "/users/7", "Some(\"7\")"),
        ("users/<id?>", "/%C3%A4/7", "None"),
        ("files/<path..>", "/ä", "Some(\"\")"),
    ] {
        let path: String =
            path.chars().map(|char| if char.is_ascii() { char.to_string() } else { "%C3%A4".to_owned() }).collect();
        assert_eq!(answer(route, true, "GET", &path).await, (200, captured.to_owned()), "{route} {path}");
    }
    assert_eq!(answer("hello", true, "POST", "/any").await.0, 405, "its methods are its own");
    assert_eq!(answer("hello", false, "GET", "/any").await.0, 404);
    assert_eq!(answer("users/<id>", true, "GET", "/any").await.0, 404, "no path but its own gives the parameter");
    assert_eq!(answer("users/<id>", true, "GET", "/users/7").await, (200, "Some(\"7\")".to_owned()));
}

#[test]
fn a_signature_is_that_of_the_trigger() {
    let check = |signature: &str, trigger: &Value| {
        contract::check(signature, &record("handle", trigger)).map_err(|error| error.to_string())
    };
    let http = json!({"kind": "http", "route": "hello", "methods": ["GET"], "auth": "public"});
    for (trigger, good) in [
        (http.clone(), ["http", "typed"].as_slice()),
        (super::timer(), &["http"]),
        (super::queue(), &["cloudevent", "event"]),
        (super::topic(&[]), &["cloudevent", "event"]),
        (super::stream(), &["cloudevent", "event"]),
        (super::blob(&["created"]), &["cloudevent", "event"]),
        (super::table(&["insert"]), &["cloudevent", "event"]),
        (super::paid(), &["cloudevent", "event"]),
    ] {
        for signature in ["http", "typed", "cloudevent", "event"] {
            let checked = check(signature, &trigger);
            assert_eq!(checked.is_ok(), good.contains(&signature), "{signature} {trigger}: {checked:?}");
        }
    }
    assert_eq!(
        check("cloudevent", &http).unwrap_err(),
        "`FUNCTION_SIGNATURE_TYPE` is `cloudevent`, and the function `handle` has `trigger = \"http\"`, which is \
         called as `http` or `typed`; set the variable to that, or unset it"
    );
    assert!(
        check("HTTP", &http).unwrap_err().contains("is \"HTTP\"; set it to `http`, `typed`, `cloudevent` or `event`")
    );
}
