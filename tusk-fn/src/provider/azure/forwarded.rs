//! A client's request that the host sends as an event, since it forwards only those of functions without further
//! bindings (`HttpRequestExtensions.GetRequestAsJObject`).
//!
//! The binding's value is `{Url, Method, Query, Headers, Params, Identities, Body?}`. The path of `Url` has the prefix
//! and leads to the function, as it does for a request that is forwarded as it is; `Query` and `Params` say nothing
//! that `Url` does not.
//!
//! The answer is the output `res`. It holds a text: a body that is none cannot be answered this way, and is a failure.
//! Of a header that occurs several times the values are joined, but of `set-cookie` the last is answered.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum_core::body::Body;
use axum_core::response::Response;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, Uri, header};
use http_body_util::{BodyExt as _, Limited};
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::wire::Sent;
use super::{door, reply};
use crate::context::{Delivery, Trace};
use crate::dispatch::Program;
use crate::error::problem;
use crate::invocation::{Delivered, Head, HttpInput, Input, RequestBody};
use crate::provider::field::{self, Fault, Raw};
use crate::telemetry::KeptLines;

/// The largest answer.
const LARGEST: usize = 104_857_600;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Value<'a> {
    #[serde(borrow)]
    url: Raw<'a>,
    #[serde(borrow)]
    method: Raw<'a>,
    #[serde(borrow)]
    headers: Raw<'a>,
    #[serde(borrow)]
    body: Raw<'a>,
}

/// Whether the host sent a client's request.
pub(super) fn is_request(sent: &Sent<'_>) -> bool {
    let read = || sent.is_object().then(|| sent.json().ok()).flatten();
    read().is_some_and(|text| {
        serde_json::from_str::<Value<'_>>(&text).is_ok_and(|value| value.url.is_some() && value.method.is_some())
    })
}

/// Answers it.
pub(super) async fn respond(
    program: &Arc<Program>,
    prefix: &str,
    sent: &Sent<'_>,
    delivery: Delivery,
) -> Result<Response, Fault> {
    let (parts, body) = read(sent, prefix)?.into_parts();
    let length = u64::try_from(body.len()).ok();
    let input = Input::Http(HttpInput::new(Head::Parts(parts), RequestBody::Body(Body::from(body)), length));
    let lines = Arc::new(KeptLines::default());
    let delivery = Delivery { trace: Trace::InHead, lines: Some(Arc::clone(&lines)), ..delivery };
    let Ok(response) = program.respond(Box::new(Delivered { input, delivery })).await;
    Ok(answer(response, &lines).await)
}

/// The request as the client sent it, without the prefix.
fn read(sent: &Sent<'_>, prefix: &str) -> Result<Request<Bytes>, Fault> {
    let binding = sent.named();
    let name = |field: &str| format!("{binding}.{field}");
    let text = sent.json()?;
    let value: Value<'_> = field::object(&text, &format!("`{binding}`"))?;
    let url = field::text(value.url, &name("Url"))?;
    let uri: Uri = url.parse().map_err(|error| Fault(format!("`{}` is {url:?}: {error}", name("Url"))))?;
    let outside = || Fault(format!("`{}` is {url:?}, whose path does not begin with `/{prefix}`", name("Url")));
    let path = door::client_path(uri.path(), prefix).ok_or_else(outside)?;
    let uri = door::without_prefix(&uri, path).ok_or_else(outside)?;
    let method = field::text(value.method, &name("Method"))?;
    let method: Method =
        method.parse().map_err(|_| Fault(format!("`{}` is {method:?}, which is no method", name("Method"))))?;
    let (mut parts, ()) = Request::new(()).into_parts();
    (parts.uri, parts.method) = (uri, method);
    if value.headers.is_some() {
        parts.headers = headers(value.headers, &name("Headers"))?;
    }
    let body = match value.body {
        None => Bytes::new(),
        Some(body) if is_bytes(&parts) => field::base64(Some(body), &name("Body"))?,
        Some(body) => field::text(Some(body), &name("Body"))?.into_owned().into(),
    };
    Ok(Request::from_parts(parts, body))
}

/// Headers, each with a list of values or one.
fn headers(field: Raw<'_>, name: &str) -> Result<HeaderMap, Fault> {
    let mut headers = HeaderMap::new();
    let fields: BTreeMap<String, &RawValue> = field::inner(field, name)?;
    for (header, values) in fields {
        let name = format!("{name}.{header}");
        let values: Vec<String> = if values.get().starts_with('[') {
            field::object(values.get(), &format!("`{name}`"))?
        } else {
            vec![field::text(Some(values), &name)?.into_owned()]
        };
        let header: HeaderName = header.parse().map_err(|_| Fault(format!("`{name}` is no header")))?;
        for value in values {
            let value = HeaderValue::from_str(&value)
                .map_err(|_| Fault(format!("`{name}` is {value:?}, which is no header's value")))?;
            headers.append(header.clone(), value);
        }
    }
    Ok(headers)
}

/// Whether the host sends the body as bytes (`Utility.IsMediaTypeOctetOrMultipart`).
fn is_bytes(parts: &Parts) -> bool {
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/octet-stream" || kind.starts_with("multipart/")
}

/// The response as the host wants it. Its `statusCode` is a text (`HttpOutputBindingResponse`).
async fn answer(response: Response, lines: &KeptLines) -> Response {
    let (parts, body) = response.into_parts();
    let body = match Limited::new(body, LARGEST).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) => return unanswerable(&format!("the body of the response failed: {error}")),
    };
    let Ok(body) = std::str::from_utf8(&body) else {
        return unanswerable(
            "the response's body is no text, and the host takes none but that from a function whose requests it does \
             not forward: let it forward them (`enableProxyingHttpRequest`), and let the function have no further \
             bindings",
        );
    };
    let mut headers = serde_json::Map::new();
    for name in parts.headers.keys() {
        let mut values = parts.headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
        let value = if name == header::SET_COOKIE {
            values.next_back().unwrap_or_default().into_owned()
        } else {
            values.collect::<Vec<_>>().join(", ")
        };
        headers.insert(name.as_str().to_owned(), value.into());
    }
    reply::answering(json!({"statusCode": parts.status.as_str(), "headers": headers, "body": body}), lines)
}

fn unanswerable(why: &str) -> Response {
    tracing::error!(target: "tusk_fn", error = why, "a response cannot be answered");
    problem(StatusCode::INTERNAL_SERVER_ERROR, why)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed expectation is a failed test")]
mod tests {
    use super::*;

    fn of(value: &serde_json::Value) -> Result<Request<Bytes>, String> {
        let text = json!({"Data": {"req": value}, "Metadata": {}}).to_string();
        let sent = Sent::read(&text).map_err(|Fault(why)| why)?;
        read(&sent, "api").map_err(|Fault(why)| why)
    }

    #[test]
    fn a_request_is_built_as_the_client_sent_it() {
        let request = of(&json!({
            "Url": "https://shop.example/api/users/a%20b?x=1&x=2", "Method": "PUT", "Query": {"x": "1,2"},
                "Params": {"id": "a b"},
            "Headers": {"Content-Type": ["application/json"], "X-Two": ["a", "b"], "X-One": "c"}, "Identities": [],
                "Body": "{\"a\":1}"
        }))
        .unwrap();
        assert_eq!(request.uri(), "https://shop.example/users/a%20b?x=1&x=2");
        assert_eq!((request.method(), &**request.body()), (&Method::PUT, b"{\"a\":1}".as_slice()));
        assert_eq!(request.headers().get_all("x-two").iter().count(), 2);
        assert_eq!(request.headers()["x-one"], "c");
        for (kind, body, expected) in [
            ("application/octet-stream", "AP8=", b"\x00\xff".as_slice()),
            ("multipart/form-data; boundary=x", "aGk=", b"hi"),
            ("text/plain", "aGk=", b"aGk="),
        ] {
            let value =
                json!({"Url": "http://x/API", "Method": "POST", "Headers": {"content-type": [kind]}, "Body": body});
            let request = of(&value).unwrap();
            assert_eq!((request.uri().path(), &**request.body()), ("/", expected));
        }
        assert_eq!(of(&json!({"Url": "http://x/api/a", "Method": "GET"})).unwrap().body().len(), 0);
    }

    #[test]
    fn what_is_no_request_is_refused_by_its_field() {
        let whole = json!({"Url": "http://x/api/a", "Method": "POST",
            "Headers": {"content-type": ["application/octet-stream"]}, "Body": "aGk="});
        for (field, value, why) in [
            ("Url", json!(null), "`Data.req.Url` is missing"),
            ("Url", json!(7), "`Data.req.Url` is no text"),
            (
                "Url",
                json!("http://x/fulfil"),
                "`Data.req.Url` is \"http://x/fulfil\", whose path does not begin with `/api`",
            ),
            (
                "Url",
                json!("http://x/api%2ffulfil"),
                "`Data.req.Url` is \"http://x/api%2ffulfil\", whose path does not begin",
            ),
            ("Url", json!("a b"), "`Data.req.Url` is \"a b\": "),
            ("Method", json!(null), "`Data.req.Method` is missing"),
            ("Method", json!("G T"), "`Data.req.Method` is \"G T\", which is no method"),
            ("Headers", json!([]), "`Data.req.Headers` cannot be read"),
            ("Headers", json!({"x": 7}), "`Data.req.Headers.x` is no text"),
            ("Headers", json!({"x": [7]}), "`Data.req.Headers.x` cannot be read"),
            ("Headers", json!({"x y": ["a"]}), "`Data.req.Headers.x y` is no header"),
            ("Headers", json!({"x": ["a\n"]}), "`Data.req.Headers.x` is \"a\\n\", which is no header's value"),
            ("Body", json!("?"), "`Data.req.Body` is no base64"),
            ("Body", json!({"a": 1}), "`Data.req.Body` is no text"),
        ] {
            let mut request = whole.clone();
            request[field] = value;
            let found = of(&request).unwrap_err();
            assert!(found.starts_with(why), "{found}");
        }
    }
}
