//! What the host wants to hear (`DefaultHttpWorkerService.ProcessDefaultInvocationRequest`).
//!
//! Success is a status from 200 to 299, the media type of JSON, and an object. An empty body would leave the invocation
//! open until it times out, and a redirect would be followed. Any other status is a failure; the host reads no word of
//! it, so that what failed stands in the log.

use axum_core::body::Body;
use axum_core::response::Response;
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::error::problem;
use crate::telemetry::KeptLines;

/// The output binding through which a function answers a client, where the host does not forward the request itself.
const RESPONSE_BINDING: &str = "res";

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Reply {
    outputs: Map<String, Value>,
    logs: Vec<String>,
    return_value: (),
}

fn reply(outputs: Map<String, Value>, lines: &KeptLines) -> Response {
    let reply = Reply { outputs, logs: lines.take(), return_value: () };
    let Ok(body) = serde_json::to_vec(&reply) else { return problem(StatusCode::INTERNAL_SERVER_ERROR, "") };
    let mut response = Response::new(Body::from(body));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// The invocation succeeded, and this is what it logged.
pub(super) fn succeeded(lines: &KeptLines) -> Response {
    reply(Map::new(), lines)
}

/// The invocation succeeded, and this is what the client is answered.
pub(super) fn answering(response: Value, lines: &KeptLines) -> Response {
    reply(Map::from_iter([(RESPONSE_BINDING.to_owned(), response)]), lines)
}

/// The program is there.
pub(super) fn pong() -> Response {
    Response::new(Body::empty())
}

/// The program did not start, and is about to end.
pub(super) fn not_started() -> Response {
    problem(StatusCode::SERVICE_UNAVAILABLE, "the program did not start")
}

/// Nothing is there.
pub(super) fn not_found(why: &str) -> Response {
    problem(StatusCode::NOT_FOUND, why)
}
