//! Requests, both ways: what the typed crate reads of the same events, and what the fixtures leave out.

use aws_lambda_events::alb::AlbTargetGroupRequest;
use aws_lambda_events::apigw::{ApiGatewayProxyRequest, ApiGatewayV2httpRequest};
use axum_core::response::IntoResponse;
use bytes::Bytes;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};

use super::fixture;
use crate::context::Delivery;
use crate::invocation::{Head, HttpInput, Input};
use crate::provider::aws::event::{Event, Schedule, decode};
use crate::provider::aws::http::{Encoded, HttpEvent, Shape, incoming};

/// A request on its way to a function.
fn input(event: HttpEvent) -> HttpInput {
    match incoming(event, Delivery::local()).input {
        Input::Http(input) => input,
        _ => panic!("it is a request"),
    }
}

/// A request and the shape of its answer, with the head built.
fn request(event: &Bytes) -> (http::Request<Bytes>, Shape, String) {
    let Event::Http(http, shape) = decode(event).expect("it decodes") else { panic!("it is no request") };
    let mut input = input(http);
    let Head::Event { path, .. } = &input.head else { panic!("the head is not deferred") };
    let path = path.to_string();
    let (parts, body) = input.request().expect("the head builds").into_parts();
    let body = futures_util::FutureExt::now_or_never(body.collect()).expect("it is there").expect("it is whole");
    (http::Request::from_parts(parts, body.to_bytes()), shape, path)
}

fn values(request: &http::Request<Bytes>, name: &str) -> Vec<String> {
    request.headers().get_all(name).iter().map(|value| value.to_str().expect("text").to_owned()).collect()
}

#[test]
fn http_api_events_are_what_the_typed_crate_reads() {
    for name in [
        "example-apigw-v2-request-iam",
        "example-apigw-v2-request-jwt-authorizer",
        "example-apigw-v2-request-lambda-authorizer",
        "example-apigw-v2-request-multi-value-parameters",
        "example-apigw-v2-request-no-authorizer",
        "example-apigw-sam-http-request",
    ] {
        let event = fixture(name);
        let typed: ApiGatewayV2httpRequest = serde_json::from_slice(&event).expect(name);
        let (request, shape, _) = request(&event);
        assert_eq!(shape, Shape::Version2, "{name}");
        assert_eq!(*request.method(), typed.request_context.http.method, "{name}");
        assert_eq!(request.uri().query().unwrap_or_default(), typed.raw_query_string.as_deref().unwrap_or_default());
        for (header, value) in &typed.headers {
            assert_eq!(values(&request, header.as_str()), [value.to_str().expect("text")], "{name}: {header}");
        }
        if let Some(cookies) = typed.cookies.filter(|cookies| !cookies.is_empty()) {
            assert_eq!(values(&request, "cookie"), [cookies.join("; ")], "{name}");
        }
        if !typed.is_base64_encoded {
            assert_eq!(request.body(), typed.body.unwrap_or_default().as_bytes(), "{name}");
        }
    }
}

#[test]
fn rest_api_events_are_what_the_typed_crate_reads() {
    for name in [
        "example-apigw-request",
        "example-apigw-request-multi-value-parameters",
        "example-apigw-request-catch-all",
        "example-apigw-restapi-openapi-request",
        "example-apigw-sam-rest-request",
        "example-apigw-console-test-request",
    ] {
        let event = fixture(name);
        let typed: ApiGatewayProxyRequest = serde_json::from_slice(&event).expect(name);
        let (request, shape, path) = request(&event);
        assert_eq!(shape, Shape::Version1, "{name}");
        assert_eq!(Some(path), typed.path, "{name}");
        assert_eq!(*request.method(), typed.http_method, "{name}");
        for (header, value) in &typed.multi_value_headers {
            let value = value.to_str().expect("text").to_owned();
            assert!(values(&request, header.as_str()).contains(&value), "{name}: {header}");
        }
        let pairs: Vec<(String, String)> =
            serde_urlencoded::from_str(request.uri().query().unwrap_or_default()).expect("a query");
        let expected = typed.multi_value_query_string_parameters.iter().count();
        assert_eq!(pairs.len(), expected, "{name}: {pairs:?}");
    }
}

#[test]
fn load_balancer_events_are_what_the_typed_crate_reads() {
    for (name, multi_value) in [
        ("example-alb-lambda-target-request-headers-only", false),
        ("example-alb-lambda-target-request-multivalue-headers", true),
    ] {
        let event = fixture(name);
        let typed: AlbTargetGroupRequest = serde_json::from_slice(&event).expect(name);
        let (request, shape, path) = request(&event);
        assert_eq!(shape, Shape::LoadBalancer { multi_value }, "{name}");
        assert_eq!(Some(path), typed.path, "{name}");
        let headers = if multi_value { typed.multi_value_headers } else { typed.headers };
        assert_eq!(request.headers().len(), headers.len(), "{name}");
    }
}

fn scheduled(event: &Value) -> Schedule {
    match decode(&event.to_string().into()) {
        Ok(Event::Scheduled(schedule, _)) => schedule,
        other => panic!("{other:?}"),
    }
}

#[test]
fn schedules_are_read_in_all_three_forms() {
    let at = "2026-01-31T12:00:00Z";
    let expected = |function: Option<&str>, attempt| Schedule {
        function: function.map(str::to_owned),
        scheduled_at: at.parse().expect("an instant"),
        attempt,
    };
    let own = json!({"tusk_fn": {"timer": {"function": "sweep", "scheduled_at": at, "attempt": "2"}}});
    assert_eq!(scheduled(&own), expected(Some("sweep"), 2));
    let rule = json!({"detail-type": "Scheduled Event", "source": "aws.events", "time": at, "detail": {}});
    assert_eq!(scheduled(&rule), expected(None, 1));
    let scheduler = json!({"detail-type": "Scheduled Event", "source": "aws.scheduler", "time": at, "detail": "{}"});
    assert_eq!(scheduled(&scheduler), expected(None, 1));
    assert!(matches!(decode(&fixture("example-eventbridge-schedule")), Ok(Event::Scheduled(_, Some(_)))));
}

fn version_2(change: impl Fn(&mut Value)) -> Bytes {
    let mut event = json!({
        "version": "2.0", "rawPath": "/users/7", "rawQueryString": "", "headers": {},
        "requestContext": {"stage": "$default", "domainName": "x.execute-api.eu-central-1.amazonaws.com",
            "http": {"method": "GET", "path": "/users/7"}},
        "isBase64Encoded": false
    });
    change(&mut event);
    event.to_string().into()
}

#[test]
fn the_stage_before_a_path_is_removed() {
    for (stage, raw, expected) in [
        ("$default", "/prod/users", "/prod/users"),
        ("prod", "/prod/users", "/users"),
        ("prod", "/prod", "/"),
        ("prod", "/production", "/production"),
        ("prod", "/users", "/users"),
    ] {
        let event = version_2(|event| {
            event["requestContext"]["stage"] = stage.into();
            event["rawPath"] = raw.into();
        });
        assert_eq!(request(&event).2, expected, "{stage} {raw}");
    }
}

#[test]
fn a_decoded_path_is_encoded_for_extractors_and_not_decoded_twice() {
    let event = version_2(|event| event["rawPath"] = "/users/50% ä/x".into());
    let (request, _, path) = request(&event);
    assert_eq!(path, "/users/50% ä/x");
    assert_eq!(request.uri().path(), "/users/50%25%20%C3%A4/x");
    let url = version_2(|event| {
        event["rawPath"] = "/users/a%2Fb".into();
        event["requestContext"]["domainName"] = "x.lambda-url.eu-central-1.on.aws".into();
    });
    assert_eq!(self::request(&url).0.uri().path(), "/users/a%2Fb");
}

#[test]
fn bodies_come_through_as_bytes() {
    let event = version_2(|event| {
        event["body"] = "AP+A".into();
        event["isBase64Encoded"] = true.into();
    });
    assert_eq!(request(&event).0.body().as_ref(), [0, 255, 128]);
    let broken = version_2(|event| {
        event["body"] = "*".into();
        event["isBase64Encoded"] = true.into();
    });
    assert!(decode(&broken).expect_err("refused").message().contains("base64"));
}

#[test]
fn broken_events_are_refused_with_what_is_wrong() {
    for (event, expected) in [
        ("", "not JSON"),
        ("null", "not JSON"),
        ("[]", "not JSON"),
        ("{}", "no event that AWS sends"),
        ("{\"Records\":[]}", "unknown source"),
        ("{\"tusk_fn\":{\"timer\":{\"function\":\"a\"}}}", "missing field `scheduled_at`"),
        ("{\"tusk_fn\":{\"timer\":{\"function\":\"a\",\"scheduled_at\":\"noon\"}}}", "\"noon\" is no instant"),
        ("{\"requestContext\":{\"http\":{\"method\":\"GET\"}}}", "without `rawPath`"),
        ("{\"requestContext\":{\"http\":{\"method\":\"G T\"}},\"rawPath\":\"/\"}", "no HTTP method"),
    ] {
        let failure = decode(&Bytes::from_static(event.as_bytes())).expect_err(event);
        assert!(failure.message().contains(expected), "{event}: {failure}");
    }
    let event = version_2(|event| event["headers"] = json!({"a b": "c"}));
    let Ok(Event::Http(http, _)) = decode(&event) else { panic!("it is a request") };
    let mut input = input(http);
    assert!(input.parts().expect_err("refused").to_string().contains("\"a b\""));
}

fn encoded(shape: Shape, response: impl IntoResponse) -> Value {
    let (parts, body) = response.into_response().into_parts();
    let body = futures_util::FutureExt::now_or_never(body.collect()).expect("it is there").expect("it is whole");
    serde_json::to_value(Encoded::new(shape, parts, body.to_bytes())).expect("it is JSON")
}

#[test]
fn responses_have_the_shape_of_their_request() {
    let response = || {
        let mut response = "hi".into_response();
        for (name, value) in [("set-cookie", "a=1"), ("set-cookie", "b=2"), ("vary", "x"), ("vary", "y")] {
            response.headers_mut().append(name, value.parse().expect("a value"));
        }
        response
    };
    let kind = "text/plain; charset=utf-8";
    assert_eq!(
        encoded(Shape::Version2, response()),
        json!({"statusCode": 200, "headers": {"content-type": kind, "vary": "x,y"}, "cookies": ["a=1", "b=2"],
            "body": "hi", "isBase64Encoded": false})
    );
    let lists = json!({"content-type": [kind], "set-cookie": ["a=1", "b=2"], "vary": ["x", "y"]});
    assert_eq!(
        encoded(Shape::Version1, response()),
        json!({"statusCode": 200, "multiValueHeaders": lists, "body": "hi", "isBase64Encoded": false})
    );
    assert_eq!(
        encoded(Shape::LoadBalancer { multi_value: true }, response()),
        json!({"statusCode": 200, "statusDescription": "200 OK", "multiValueHeaders": lists, "body": "hi",
            "isBase64Encoded": false})
    );
    assert_eq!(
        encoded(Shape::LoadBalancer { multi_value: false }, response())["headers"],
        json!({"content-type": kind, "set-cookie": "b=2", "vary": "x,y"})
    );
}

#[test]
fn bodies_that_are_no_text_go_out_as_base64() {
    assert_eq!(encoded(Shape::Version2, vec![0_u8, 255])["body"], "AP8=");
    let gzip = ([("content-type", "text/plain"), ("content-encoding", "gzip")], "text");
    assert_eq!(encoded(Shape::Version2, gzip)["isBase64Encoded"], true);
    let false_text = ([("content-type", "text/plain")], vec![255_u8]);
    assert_eq!(encoded(Shape::Version2, false_text)["isBase64Encoded"], true);
}
