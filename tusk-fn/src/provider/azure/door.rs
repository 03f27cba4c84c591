//! What is a request of a client and what an event of the host: the path alone says it.
//!
//! | path | what it is |
//! |---|---|
//! | `/`, by `GET` | the host asks whether the program is there |
//! | `/api`, `/api/…` | a client's request, forwarded or proxied with its whole path; never an event |
//! | `/<function>`, by `POST` | what the host sends of its own: an event, or what [`forwarded`] reads |
//! | any other | nothing |
//!
//! [`forwarded`]: super::forwarded
//!
//! The prefix is never empty, and no function has its name, so that the two cannot be taken for each other. The path is
//! looked at as it stands in the request: `..`, `//` and an encoded slash lead nowhere.
//!
//! That alone would rest on how the host makes the path of a forwarded request, which is out of a parsed URL
//! (`HttpRequestExtensions.GetRequestUri`): a client may find a spelling that the server in front lets pass under the
//! prefix, and the URL's parser then turns into another path, as it turns `\` into `/` and then removes `..`. So what
//! is outside of the prefix must also be addressed to this machine, as the host addresses its own requests and no
//! client can: a forwarded request keeps the client's `Host`.

use std::sync::Arc;

use http::header::{self, AsHeaderName};
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{HeaderMap, Method, Request, Uri};
use hyper::body::Incoming;
use percent_encoding::percent_decode_str;

use super::{receive, reply};
use crate::context::{Delivery, InvocationId, Trace};
use crate::dispatch::{Program, Responding};

/// The header in which the host names an invocation (`HttpWorkerConstants.cs`).
const INVOCATION: &str = "x-azure-functions-invocationid";
/// What proxies add on the way from a client, and the host does not add to its own requests.
const ON_THE_WAY: [&str; 3] = ["x-forwarded-for", "x-arr-log-id", "forwarded"];

/// A program that answers the host.
pub(super) struct Door {
    pub(super) program: Arc<Program>,
    /// What the paths of clients' requests begin with.
    pub(super) prefix: String,
}

/// What a request is.
#[derive(Debug, PartialEq, Eq)]
enum Way<'a> {
    /// A client's, of this path without the prefix.
    Client(&'a str),
    /// Sent by the host itself to what has this name.
    Named(&'a str),
    /// Neither.
    Nothing,
}

/// Whether the host only asks whether the program is there.
pub(super) fn is_ping<B>(request: &Request<B>) -> bool {
    request.uri().path() == "/" && matches!(*request.method(), Method::GET | Method::HEAD)
}

impl Door {
    /// Answers a request.
    pub(super) fn answer(&self, request: Request<Incoming>) -> Responding {
        match way(request.method(), request.uri().path(), &self.prefix) {
            Way::Client(path) => match without_prefix(request.uri(), path) {
                Some(uri) => self.respond(request, uri),
                None => Responding::answered(reply::not_found("the path cannot be read")),
            },
            Way::Named(name) if is_of_host(request.uri(), request.headers()) => {
                let (program, prefix, name) = (Arc::clone(&self.program), self.prefix.clone(), name.to_owned());
                Responding::later(async move { receive::answer(&program, &prefix, &name, request).await })
            }
            Way::Named(name) => {
                tracing::error!(target: "tusk_fn", name, "a client's request that looks like an event was refused");
                Responding::answered(reply::not_found(""))
            }
            Way::Nothing => Responding::answered(reply::not_found("")),
        }
    }

    fn respond(&self, mut request: Request<Incoming>, uri: Uri) -> Responding {
        let delivery = Delivery { trace: Trace::InHead, ..delivery(request.headers()) };
        *request.uri_mut() = uri;
        self.program.respond_to(request, delivery)
    }
}

/// What the host says of an invocation.
pub(super) fn delivery(headers: &HeaderMap) -> Delivery {
    let mut delivery = Delivery::local();
    // A client may send such a header as well; the host's own comes last.
    let id = last(headers, INVOCATION).and_then(|ids| ids.rsplit(',').next()).map(str::trim);
    if let Some(id) = id.filter(|id| is_id(id)) {
        delivery.invocation = InvocationId::Platform(id.into());
    }
    delivery
}

/// What the host says of an event.
pub(super) fn event_delivery(parts: &Parts) -> Delivery {
    let trace = last(&parts.headers, "traceparent").map(str::to_owned);
    Delivery { trace: Trace::Given(trace), ..delivery(&parts.headers) }
}

fn last(headers: &HeaderMap, name: impl AsHeaderName) -> Option<&str> {
    headers.get_all(name).iter().next_back()?.to_str().ok()
}

fn is_id(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn way<'a>(method: &Method, path: &'a str, prefix: &str) -> Way<'a> {
    let Some(rest) = path.strip_prefix('/') else { return Way::Nothing };
    let (first, tail) = rest.split_once('/').map_or((rest, None), |(first, tail)| (first, Some(tail)));
    if is_prefix(first, prefix) {
        return Way::Client(tail.map_or("/", |tail| &path[path.len() - tail.len() - 1..]));
    }
    match tail {
        None if *method == Method::POST && !first.is_empty() => Way::Named(first),
        _ => Way::Nothing,
    }
}

/// Whether a segment is the prefix. The host's routes know no case, and encoded letters are the same as others.
fn is_prefix(segment: &str, prefix: &str) -> bool {
    percent_decode_str(segment).collect::<Vec<u8>>().eq_ignore_ascii_case(prefix.as_bytes())
}

/// A URI with another path.
pub(super) fn without_prefix(uri: &Uri, path: &str) -> Option<Uri> {
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(format!("{path}{query}").parse::<PathAndQuery>().ok()?);
    Uri::from_parts(parts).ok()
}

/// The path of a client's request without the prefix, for a request that came as an event.
pub(super) fn client_path<'a>(path: &'a str, prefix: &str) -> Option<&'a str> {
    match way(&Method::GET, path, prefix) {
        Way::Client(path) => Some(path),
        Way::Named(_) | Way::Nothing => None,
    }
}

/// Whether a request is addressed to this machine, and came by no other.
fn is_of_host(uri: &Uri, headers: &HeaderMap) -> bool {
    let mut named = headers.get_all(header::HOST).iter();
    let host = match (named.next(), named.next()) {
        (Some(host), None) => host.to_str().ok().and_then(|host| host.parse::<http::uri::Authority>().ok()),
        // HTTP/2 has it in the URI.
        (None, None) => uri.authority().cloned(),
        _ => None,
    };
    let local = |host: &str| matches!(host, "127.0.0.1" | "localhost" | "[::1]");
    host.is_some_and(|host| local(host.host()))
        && uri.host().is_none_or(local)
        && ON_THE_WAY.iter().all(|name| !headers.contains_key(*name))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed expectation is a failed test")]
mod tests {
    use super::*;

    #[test]
    fn the_path_says_who_asks() {
        for (method, path, expected) in [
            ("GET", "/api/users/7", Way::Client("/users/7")),
            ("POST", "/api", Way::Client("/")),
            ("POST", "/api/", Way::Client("/")),
            ("POST", "/api/fulfil", Way::Client("/fulfil")),
            ("POST", "/API/fulfil", Way::Client("/fulfil")),
            ("POST", "/%61pi/fulfil", Way::Client("/fulfil")),
            ("POST", "/api//fulfil", Way::Client("//fulfil")),
            ("POST", "/api/../fulfil", Way::Client("/../fulfil")),
            ("POST", "/api/%2e%2e/fulfil", Way::Client("/%2e%2e/fulfil")),
            ("POST", "/fulfil", Way::Named("fulfil")),
            ("POST", "/api%2ffulfil", Way::Named("api%2ffulfil")),
            ("POST", "/api%2f..%2ffulfil", Way::Named("api%2f..%2ffulfil")),
            ("POST", "/apis", Way::Named("apis")),
            ("GET", "/fulfil", Way::Nothing),
            ("POST", "/fulfil/", Way::Nothing),
            ("POST", "//fulfil", Way::Nothing),
            ("POST", "//api/fulfil", Way::Nothing),
            ("POST", "/./api/fulfil", Way::Nothing),
            ("POST", "/../fulfil", Way::Nothing),
            ("POST", "/x/fulfil", Way::Nothing),
            ("POST", "/", Way::Nothing),
            ("OPTIONS", "*", Way::Nothing),
        ] {
            let method: Method = method.parse().unwrap();
            assert_eq!(way(&method, path, "api"), expected, "{method} {path}");
        }
    }

    #[test]
    fn an_event_is_addressed_to_this_machine() {
        let of = |uri: &str, headers: &[(&'static str, &str)]| {
            let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
            is_of_host(&uri.parse().unwrap(), &headers)
        };
        assert!(of("/fulfil", &[("host", "127.0.0.1:4711")]));
        assert!(of("http://127.0.0.1:4711/fulfil", &[("host", "127.0.0.1:4711")]));
        assert!(of("/fulfil", &[("host", "localhost")]));
        for (uri, headers) in [
            ("/fulfil", &[("host", "shop.azurewebsites.net")] as &[_]),
            ("/fulfil", &[("host", "127.0.0.1.example.com")]),
            ("/fulfil", &[("host", "127.0.0.1@example.com")]),
            ("/fulfil", &[("host", "127.0.0.1:1"), ("host", "shop.example")]),
            ("/fulfil", &[]),
            ("http://shop.example/fulfil", &[("host", "127.0.0.1")]),
            ("/fulfil", &[("host", "127.0.0.1"), ("x-forwarded-for", "1.2.3.4")]),
            ("/fulfil", &[("host", "127.0.0.1"), ("x-arr-log-id", "x")]),
        ] {
            assert!(!of(uri, headers), "{uri} {headers:?}");
        }
    }

    #[test]
    fn the_hosts_own_id_is_the_last() {
        let id = |value: &str| {
            let headers = HeaderMap::from_iter([(INVOCATION.parse().unwrap(), value.parse().unwrap())]);
            let InvocationId::Platform(id) = delivery(&headers).invocation else { return None };
            Some(id.to_string())
        };
        assert_eq!(id("83a33220-a921-460a-bec0-b3f043dcf1ff").as_deref(), Some("83a33220-a921-460a-bec0-b3f043dcf1ff"));
        assert_eq!(id("forged, 83a33220").as_deref(), Some("83a33220"));
        assert_eq!(id("a b"), None);
        assert_eq!(id(""), None);
    }
}
