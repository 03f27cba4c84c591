//! `Json` and `Query`: the two extractors that nearly every function takes.
//!
//! They implement axum's traits, so they work wherever an extractor of axum's works. Unlike axum's own they answer a body or
//! a query that cannot be read with 400 and a problem document that says where it is wrong.

use std::future::Future;
use std::ops::Deref;

use axum_core::body::Body;
use axum_core::extract::{FromRequest, FromRequestParts, OptionalFromRequest, Request};
use axum_core::response::{IntoResponse, Response};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use http_body::Body as _;
use http_body_util::{BodyExt as _, LengthLimitError};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{HttpError, problem};

/// The body up to this many bytes is read by axum's extractors of their own accord.
pub(crate) const AXUM_BODY_LIMIT: u64 = 2 * 1024 * 1024;

/// A body of JSON: taken from a request, or returned as a response.
///
/// As an argument it consumes the body, so it is the last one. A request whose `content-type` is not JSON is answered with
/// 415, a body that is not the JSON of a `T` with 400.
///
/// ```
/// use tusk_fn::prelude::*;
/// # tusk_fn::library!();
/// # fn main() {}
///
/// #[derive(serde::Deserialize, serde::Serialize)]
/// struct Order {
///     item: String,
/// }
///
/// #[tusk_fn(trigger = "http", route = "orders", methods = ["POST"])]
/// async fn place(Json(order): Json<Order>) -> Json<Order> {
///     Json(order)
/// }
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Json<T>(pub T);

impl<T> Deref for Json<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Response;

    // Not an `async fn`: what is not needed of the request is not moved into a state machine.
    fn from_request(request: Request, state: &S) -> impl Future<Output = Result<Self, Response>> + Send {
        let source = Source::of(request);
        async move {
            let body = source.read(state).await?;
            match serde_json::from_slice(&body) {
                Ok(value) => Ok(Self(value)),
                Err(error) => {
                    Err(HttpError::bad_request(format!("the body is not as expected: {error}")).into_response())
                }
            }
        }
    }
}

/// Where the bytes of a body of JSON come from.
enum Source {
    NotJson,
    /// A body that announces its length, and needs no limit.
    Short(Body),
    /// axum's own way, which puts the body behind a limit; an extension may say which.
    Limited(Box<Request>),
}

impl Source {
    fn of(request: Request) -> Self {
        if !is_json(request.headers()) {
            return Self::NotJson;
        }
        let announced = request.body().size_hint().exact();
        if announced.is_some_and(|length| length <= AXUM_BODY_LIMIT) && request.extensions().is_empty() {
            Self::Short(request.into_body())
        } else {
            Self::Limited(Box::new(request))
        }
    }

    async fn read<S: Send + Sync>(self, state: &S) -> Result<Bytes, Response> {
        match self {
            Self::NotJson => {
                let detail = "the body must be JSON: send `content-type: application/json`";
                Err(problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail))
            }
            Self::Short(body) => whole(body).await.map_err(|error| body_rejection(status_of(&error))),
            Self::Limited(request) => {
                let read = Bytes::from_request(*request, state).await;
                read.map_err(|rejection| body_rejection(rejection.into_response().status()))
            }
        }
    }
}

/// `Option<Json<T>>`: none where the request says nothing of a body's type.
impl<T: DeserializeOwned, S: Send + Sync> OptionalFromRequest<S> for Json<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, Response> {
        if !request.headers().contains_key(header::CONTENT_TYPE) {
            return Ok(None);
        }
        <Self as FromRequest<S>>::from_request(request, state).await.map(Some)
    }
}

/// A body that could not be read: too large, or the connection broke.
fn body_rejection(status: StatusCode) -> Response {
    let detail = match status {
        StatusCode::PAYLOAD_TOO_LARGE => "the body is larger than this function reads",
        _ => "the body could not be read",
    };
    problem(status, detail)
}

/// The status for a body that broke off.
fn status_of(error: &axum_core::Error) -> StatusCode {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<LengthLimitError>() {
            return StatusCode::PAYLOAD_TOO_LARGE;
        }
        cause = error.source();
    }
    StatusCode::BAD_REQUEST
}

/// The bytes of a body; those of a short one, which comes in one piece, as they are.
pub(crate) async fn whole(mut body: Body) -> Result<Bytes, axum_core::Error> {
    let Some(frame) = body.frame().await else { return Ok(Bytes::new()) };
    let first = frame?.into_data().unwrap_or_default();
    if body.is_end_stream() {
        return Ok(first);
    }
    let rest = body.collect().await?.to_bytes();
    if rest.is_empty() {
        return Ok(first);
    }
    Ok([first, rest].concat().into())
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(kind) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else { return false };
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
        || (kind.len() > "application/+json".len()
            && kind.get(..12).is_some_and(|prefix| prefix.eq_ignore_ascii_case("application/"))
            && kind.get(kind.len() - 5..).is_some_and(|suffix| suffix.eq_ignore_ascii_case("+json")))
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        let mut body = Vec::with_capacity(128);
        match serde_json::to_writer(&mut body, &self.0) {
            Ok(()) => {
                let mut response = Response::new(body.into());
                let kind = HeaderValue::from_static("application/json");
                response.headers_mut().insert(header::CONTENT_TYPE, kind);
                response
            }
            Err(error) => HttpError::internal(error).into_response(),
        }
    }
}

/// The query of a request, read into a type that implements `Deserialize`.
///
/// A query that is not one of a `T` is answered with 400.
///
/// ```
/// use tusk_fn::prelude::*;
/// # tusk_fn::library!();
/// # fn main() {}
///
/// #[derive(serde::Deserialize)]
/// struct Page {
///     #[serde(default)]
///     number: u32,
/// }
///
/// #[tusk_fn(trigger = "http", route = "orders")]
/// async fn orders(Query(page): Query<Page>) -> String {
///     format!("page {}", page.number)
/// }
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Query<T>(pub T);

impl<T> Deref for Query<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, HttpError> {
        let query = parts.uri.query().unwrap_or_default();
        serde_urlencoded::from_str(query)
            .map(Self)
            .map_err(|error| HttpError::bad_request(format!("the query is not as expected: {error}")))
    }
}
