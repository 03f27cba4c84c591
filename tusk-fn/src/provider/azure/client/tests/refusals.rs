//! What the services say of what went wrong, and what it means.

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::super::identity::Service;
use super::super::refusal::Said;
use super::{TOKEN, said};
use crate::provider::client::error::{Class, ClientError};

fn error(service: Service, status: u16, headers: &[(&'static str, &str)], body: &str) -> ClientError {
    let headers: HeaderMap = headers
        .iter()
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).expect("a value")))
        .collect();
    let status = StatusCode::from_u16(status).expect("a status");
    let fault = Said::read(status, &headers, body.as_bytes()).refused(Some(service), TOKEN);
    ClientError::new("Do", "it", fault)
}

#[test]
fn each_service_says_it_in_its_own_way() {
    let storage = "<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>QueueNotFound</Code><Message>no\nRequestId:1</Message></Error>";
    for (service, status, headers, body, expected) in [
        (
            Service::Bus,
            401,
            &[][..],
            "<Error><Code>401</Code><Detail>Unauthorized access. 'Send' claim(s) are required.\r\n TrackingId:1</Detail></Error>",
            "Unauthorized (http 401): Unauthorized access. 'Send' claim(s) are required. TrackingId:1",
        ),
        (
            Service::Bus,
            404,
            &[],
            "<Error><Code>404</Code><Detail>sb://ns/q does not exist</Detail></Error>",
            "Not Found (http 404)",
        ),
        (Service::Storage, 404, &[("x-ms-error-code", "QueueNotFound")], storage, "QueueNotFound (http 404)"),
        (Service::Storage, 404, &[], storage, "QueueNotFound (http 404)"),
        (
            Service::Storage,
            403,
            &[("x-ms-error-code", "AuthorizationPermissionMismatch")],
            "\u{feff}<Error><Code>AuthorizationPermissionMismatch</Code><Message>This request is not authorized.</Message></Error>",
            "AuthorizationPermissionMismatch (http 403): This request is not authorized.",
        ),
        (
            Service::CosmosDb,
            403,
            &[],
            r#"{"code":"Forbidden","message":"principal [o-1] does not have required RBAC permissions"}"#,
            "Forbidden (http 403): principal [o-1] does not have required RBAC permissions",
        ),
        (
            Service::CosmosDb,
            400,
            &[],
            r#"{"code":"BadRequest","message":"the document says 'hello'"}"#,
            "BadRequest (http 400)",
        ),
        (
            Service::KeyVault,
            404,
            &[],
            r#"{"error":{"code":"SecretNotFound","message":"A secret with (name/id) key was not found"}}"#,
            "SecretNotFound (http 404)",
        ),
        (
            Service::EventGrid,
            413,
            &[],
            r#"{"error":{"code":"RequestEntityTooLarge","message":"m","details":[]}}"#,
            "RequestEntityTooLarge (http 413)",
        ),
        (Service::EventGrid, 502, &[], "<html><body>Bad Gateway</body>", "Bad Gateway (http 502)"),
        (Service::EventGrid, 503, &[], "", "Service Unavailable (http 503)"),
        (Service::EventGrid, 418, &[], "[1]", "I'm a teapot (http 418)"),
    ] {
        assert_eq!(error(service, status, headers, body).to_string(), format!("Do of `it` failed: {expected}"));
    }
}

#[test]
fn no_token_is_repeated() {
    for body in [
        format!(r#"{{"code":"Forbidden","message":"the token {TOKEN} is bad"}}"#),
        format!("<Error><Code>401</Code><Detail>the token {TOKEN} is bad</Detail></Error>"),
    ] {
        for status in [401, 403] {
            let error = said(&error(Service::CosmosDb, status, &[], &body));
            assert!(!error.contains(TOKEN), "{error}");
        }
    }
}

#[test]
fn what_may_pass_is_told_from_what_lasts() {
    let class =
        |service, status, headers: &[(&'static str, &str)], body: &str| error(service, status, headers, body).class();
    for status in [408, 500, 502, 503, 504] {
        assert_eq!(class(Service::Bus, status, &[], ""), Class::Passing, "{status}");
    }
    assert_eq!(class(Service::Storage, 503, &[("x-ms-error-code", "ServerBusy")], ""), Class::Throttled);
    for service in [Service::Bus, Service::CosmosDb, Service::KeyVault] {
        assert_eq!(class(service, 429, &[], ""), Class::Throttled);
    }
    for status in [400, 401, 403, 404, 409, 410, 412, 413, 449] {
        assert_eq!(class(Service::Bus, status, &[], ""), Class::Lasting, "{status}");
    }
    for (status, substatus, expected) in [
        (404, "0", Class::Lasting),
        (404, "1002", Class::Passing),
        (404, "1003", Class::Lasting),
        (410, "1002", Class::Passing),
        (449, "0", Class::Passing),
        (412, "0", Class::Lasting),
    ] {
        assert_eq!(
            class(Service::CosmosDb, status, &[("x-ms-substatus", substatus)], ""),
            expected,
            "{status}/{substatus}"
        );
    }
}

#[test]
fn only_what_was_sent_is_to_blame_for_some() {
    for (status, expected) in
        [(400, true), (413, true), (401, false), (403, false), (404, false), (410, false), (500, false)]
    {
        assert_eq!(error(Service::Bus, status, &[], "").is_of_contents(), expected, "{status}");
    }
}
