//! The admin API: JSON on a loopback port of its own, for the command line and for scripts.
//!
//! | request | answer |
//! |---|---|
//! | `GET /functions` | the functions' records |
//! | `GET /metrics` | what was counted of each |
//! | `POST /functions/NAME/invoke` | what the function gave; for a timer the body may be `{"scheduled_at": "…"}`, for HTTP `{"method": …, "path": …, "headers": {…}, "body": …}` |
//!
//! and of the local cloud, where the program has one:
//!
//! | request | answer |
//! |---|---|
//! | `GET /queues` | what waits for each function, and what was dead-lettered |
//! | `POST /queues/NAME/messages` | sends `{"body": …, "attributes": {…}, "group": …, "deduplication_id": …, "delay": "5s"}` |
//! | `POST /topics/NAME/messages` | publishes `{"body": …, "attributes": {…}}` |
//! | `GET /queues/NAME/messages` | the messages of a queue, the oldest first |
//! | `POST /events` | lets a `CloudEvent` happen |
//! | `POST /streams/NAME/records` | writes `{"partition": …, "body": …}` |
//! | `GET /tables/NAME`, `GET`, `PUT`, `DELETE /tables/NAME/KEY` | items |
//! | `GET /functions/NAME/waiting`, `GET /functions/NAME/dead-letters` | messages, the oldest first |
//! | `DELETE` of the same two | throws them away, for good |
//! | `POST /functions/NAME/redrive` | gives back what was dead-lettered |
//! | `GET /clock`, `POST /clock` | the time; `{"advance": "1h"}`, `{"set": "…"}` or `{"reset": true}` moves it |
//!
//! A web page in the programmer's browser can reach this port too. So a request needs the token that the start-up prints,
//! a `Host` of this machine (against DNS rebinding), and no foreign `Origin`.

mod clock;
mod cloud;
mod names;

use std::convert::Infallible;
use std::sync::Arc;

use axum_core::response::Response;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tusk_fn_spec::trigger::Trigger;

use super::ServeError;
use super::cloud::LocalCloud;
use crate::error::{chain, problem};
use crate::functions::{Answer, Functions, InvokeError, Payload, RequestText};
use crate::server::accept;

/// The largest body that is read, in bytes.
const BODY_LIMIT: usize = 8 * 1024 * 1024;

/// What is said of a path that leads nowhere.
const PATHS: &str = "the admin API has GET /functions, GET /metrics and POST /functions/NAME/invoke; what these functions do \
    leaves nothing in a local cloud";
const PATHS_WITH_CLOUD: &str = "the admin API has GET /functions, GET /metrics, POST /functions/NAME/invoke, GET /queues, \
    GET and POST /queues/NAME/messages, POST /topics/NAME/messages, POST /events, POST /streams/NAME/records, \
    GET /tables/NAME, GET, PUT and DELETE /tables/NAME/KEY, GET and DELETE /functions/NAME/waiting, GET and DELETE /functions/NAME/dead-letters, \
    POST /functions/NAME/redrive, GET and POST /clock";

/// A random token: 128 bits in hexadecimal digits.
pub(super) fn token() -> Result<String, ServeError> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| ServeError::Random(error.to_string()))?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}

/// Serves until `stopped` says so, and then until the last request is answered.
pub(super) async fn serve(
    listener: TcpListener,
    functions: Functions,
    cloud: Option<Arc<LocalCloud>>,
    token: String,
    stopped: watch::Receiver<bool>,
) {
    let mut builder = hyper::server::conn::http1::Builder::new();
    builder.timer(TokioTimer::new());
    let graceful = GracefulShutdown::new();
    accept(listener, stopped, |stream| {
        let (functions, cloud, token) = (functions.clone(), cloud.clone(), token.clone());
        let service = service_fn(move |request| {
            let (functions, cloud, token) = (functions.clone(), cloud.clone(), token.clone());
            async move { Ok::<_, Infallible>(respond(&functions, cloud.as_deref(), &token, request).await) }
        });
        let connection = graceful.watch(builder.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                let error = chain(&error);
                tracing::debug!(target: "tusk_fn", %error, "a connection of the admin API ended early");
            }
        });
    })
    .await;
    graceful.shutdown().await;
}

async fn respond(
    functions: &Functions,
    cloud: Option<&LocalCloud>,
    token: &str,
    request: Request<Incoming>,
) -> Response {
    if let Some(refusal) = refusal(request.headers(), token) {
        return refusal;
    }
    let (parts, body) = request.into_parts();
    let segments: Vec<&str> = parts.uri.path().trim_start_matches('/').split('/').collect();
    let body = match Limited::new(body, BODY_LIMIT).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => {
            let detail = format!("the body has more than {BODY_LIMIT} bytes, and no message may");
            return problem(StatusCode::PAYLOAD_TOO_LARGE, &detail);
        }
        Err(error) => return problem(StatusCode::BAD_REQUEST, &format!("the body cannot be read: {error}")),
    };
    if let Some(cloud) = cloud {
        let records: Vec<_> = functions.list().collect();
        if let Some(response) = cloud::respond(cloud, &records, &parts.method, &segments, &body).await {
            return response;
        }
    }
    match (parts.method, segments.as_slice()) {
        (Method::GET, ["functions"]) => json(StatusCode::OK, &functions.list().collect::<Vec<_>>()),
        (Method::GET, ["metrics"]) => json(StatusCode::OK, &functions.metrics()),
        (Method::POST, ["functions", name, "invoke"]) => invoke(functions, name, &body).await,
        (_, ["functions" | "metrics"]) => method_not_allowed("GET"),
        (_, ["functions", _, "invoke"]) => method_not_allowed("POST"),
        _ => problem(StatusCode::NOT_FOUND, if cloud.is_some() { PATHS_WITH_CLOUD } else { PATHS }),
    }
}

fn method_not_allowed(allowed: &'static str) -> Response {
    let mut response = problem(StatusCode::METHOD_NOT_ALLOWED, &format!("this path answers {allowed}"));
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allowed));
    response
}

/// What to answer to whoever is not the programmer.
fn refusal(headers: &HeaderMap, token: &str) -> Option<Response> {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(header::HOST).unwrap_or_default();
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    if !matches!(host, "127.0.0.1" | "localhost") {
        return Some(problem(StatusCode::FORBIDDEN, "the admin API is for this machine: use http://127.0.0.1"));
    }
    if headers.contains_key(header::ORIGIN) {
        return Some(problem(StatusCode::FORBIDDEN, "the admin API answers no web pages"));
    }
    let (scheme, given) = text(header::AUTHORIZATION).and_then(|value| value.split_once(' ')).unwrap_or_default();
    if scheme.eq_ignore_ascii_case("bearer") && equal(given.as_bytes(), token.as_bytes()) {
        return None;
    }
    let detail = "send `authorization: Bearer TOKEN` with the token that the program printed when it started";
    Some(problem(StatusCode::UNAUTHORIZED, detail))
}

/// Compares without telling by its time where two texts begin to differ.
fn equal(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |differing, (a, b)| differing | (a ^ b)) == 0
}

async fn invoke(functions: &Functions, name: &str, body: &[u8]) -> Response {
    let payload = match payload(functions, name, body) {
        Ok(payload) => payload,
        Err(message) => return problem(StatusCode::BAD_REQUEST, &message),
    };
    match functions.invoke(name, payload).await {
        Ok(answer) => json(StatusCode::OK, &Shown::of(answer)),
        Err(error @ InvokeError::NoSuchFunction { .. }) => problem(StatusCode::NOT_FOUND, &error.to_string()),
        Err(error @ InvokeError::Payload(_)) => problem(StatusCode::BAD_REQUEST, &error.to_string()),
        Err(error @ InvokeError::Failed(_)) => problem(StatusCode::BAD_GATEWAY, &error.to_string()),
    }
}

/// Reads a body as what the function's trigger takes.
fn payload(functions: &Functions, name: &str, body: &[u8]) -> Result<Payload, String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Instant {
        scheduled_at: Timestamp,
    }
    let nothing = body.trim_ascii().is_empty();
    let Some(record) = functions.list().find(|record| record.name == name) else { return Ok(Payload::Empty) };
    match &record.trigger {
        Trigger::Timer(_) | Trigger::Http(_) if nothing => Ok(Payload::Empty),
        Trigger::Timer(_) => {
            let instant: Instant = serde_json::from_slice(body).map_err(|error| {
                format!("a timer takes `{{\"scheduled_at\": \"2026-01-31T12:00:00Z\"}}`, or no body: {error}")
            })?;
            Ok(Payload::ScheduledAt(instant.scheduled_at))
        }
        Trigger::Queue(it) => Err(sent_elsewhere(name, &format!("POST /queues/{}/messages", it.queue))),
        Trigger::Topic(it) => Err(sent_elsewhere(name, &format!("POST /topics/{}/messages", it.topic))),
        Trigger::Stream(it) => Err(sent_elsewhere(name, &format!("POST /streams/{}/records", it.stream))),
        Trigger::Database(it) => {
            Err(sent_elsewhere(name, &format!("PUT /tables/{}/KEY", it.table.replace('/', "%2F"))))
        }
        Trigger::Event(_) => Err(sent_elsewhere(name, "POST /events")),
        Trigger::Blob(it) => {
            Err(format!("`{name}` is invoked by a file in the folder of the bucket `{}`", it.path.bucket()))
        }
        Trigger::Http(http) => {
            let text: RequestText = serde_json::from_slice(body).map_err(|error| {
                format!("an HTTP function takes `method`, `path`, `headers` and `body`, all optional: {error}")
            })?;
            text.into_request(name, http).map(Payload::Request).map_err(|error| error.to_string())
        }
    }
}

/// What to say where somebody wants to invoke what an event source invokes.
fn sent_elsewhere(name: &str, request: &str) -> String {
    format!("`{name}` is invoked by what is sent to it: {request}")
}

/// An answer as JSON.
#[derive(Serialize)]
#[serde(untagged)]
enum Shown {
    Response { status: u16, headers: Vec<(String, String)>, body: serde_json::Value },
    Value { value: serde_json::Value },
}

impl Shown {
    fn of(answer: Answer) -> Self {
        match answer {
            Answer::Value(value) => Self::Value { value },
            Answer::Event(event) => Self::Value { value: shown_body(&event.into_item().data) },
            Answer::Response(response) => Self::Response {
                status: response.status().as_u16(),
                headers: response
                    .headers()
                    .iter()
                    .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
                    .collect(),
                body: shown_body(response.body()),
            },
        }
    }
}

fn shown_body(body: &Bytes) -> serde_json::Value {
    serde_json::from_slice(body).unwrap_or_else(|_| String::from_utf8_lossy(body).into())
}

fn json(status: StatusCode, value: &impl Serialize) -> Response {
    let mut response = Response::new(serde_json::to_vec(value).unwrap_or_default().into());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
