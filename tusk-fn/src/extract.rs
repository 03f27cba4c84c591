//! `Json` and `Query`: the two extractors that nearly every function takes.
//!
//! They implement axum's traits, so they work wherever an extractor of axum's works. Unlike axum's own they answer a body or
//! a query that cannot be read with 400 and a problem document that says where it is wrong.

use std::ops::Deref;

use axum_core::extract::{FromRequest, FromRequestParts, Request};
use axum_core::response::{IntoResponse, Response};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{HttpError, problem};

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

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        if !is_json(request.headers()) {
            let detail = "the body must be JSON: send `content-type: application/json`";
            return Err(problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
        }
        let body = Bytes::from_request(request, state).await.map_err(body_rejection)?;
        match serde_json::from_slice(&body) {
            Ok(value) => Ok(Self(value)),
            Err(error) => Err(HttpError::bad_request(format!("the body is not as expected: {error}")).into_response()),
        }
    }
}

/// A body that could not be read: too large, or the connection broke.
fn body_rejection(rejection: impl IntoResponse) -> Response {
    let status = rejection.into_response().status();
    let detail = match status {
        StatusCode::PAYLOAD_TOO_LARGE => "the body is larger than this function reads",
        _ => "the body could not be read",
    };
    problem(status, detail)
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
