//! Errors: what a failed invocation is, and what its caller learns of it.

use std::any::type_name;
use std::error::Error as StdError;
use std::fmt;

use axum_core::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

/// Any error that can cross threads; what typed errors and `anyhow` errors alike convert into.
pub type BoxError = Box<dyn StdError + Send + Sync + 'static>;

/// Why an invocation failed: for the logs and the platform, never for the caller of an HTTP function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    kind: String,
    message: String,
    rejects: bool,
    tried: Tried,
}

/// Whether a function ran at all before its failure. Only the runtime says that it did not: a handler's error may have any name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tried {
    /// It ran.
    #[default]
    Here,
    /// It runs elsewhere, for the same item.
    Elsewhere,
    /// It did not run.
    Not,
}

impl Failure {
    /// A failure of a given kind, a short name in Pascal case such as `InvocationTimedOut`.
    pub(crate) fn new(kind: impl Into<String>, message: impl Into<String>) -> Self {
        Self { kind: kind.into(), message: message.into(), rejects: false, tried: Tried::Here }
    }

    /// The same, for good: trying again would fail again.
    pub(crate) fn rejecting(mut self) -> Self {
        self.rejects = true;
        self
    }

    /// The same, and whether the function ran.
    pub(crate) fn with_tried(mut self, tried: Tried) -> Self {
        self.tried = tried;
        self
    }

    /// Whether the function ran.
    pub(crate) fn tried(&self) -> Tried {
        self.tried
    }

    /// From a handler's error, named by its type.
    pub(crate) fn of<E: Into<BoxError>>(error: E) -> Self {
        let kind = short_type_name(type_name::<E>());
        let error: BoxError = error.into();
        Self { kind, message: chain(&*error), rejects: rejects(&*error), tried: Tried::Here }
    }

    /// Whether what was delivered is to be dead-lettered instead of being delivered again.
    pub fn is_rejection(&self) -> bool {
        self.rejects
    }

    /// What failed, as a short name: the type of the handler's error, or the runtime's own word.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The error and its causes, joined by colons.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind, self.message)
    }
}

impl StdError for Failure {}

/// Whether a [`Reject`] is among an error and its causes, or a failure that rejects.
fn rejects(error: &(dyn StdError + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<Reject>() || error.is::<Mark>() || error.downcast_ref::<Failure>().is_some_and(|it| it.rejects) {
            return true;
        }
        cause = error.source();
    }
    false
}

/// The error that says: do not deliver this again. What was delivered goes to the dead-letter queue at once, with the reason.
///
/// Any other error of a handler means that it is tried again. A `Reject` may be the error itself or any of its causes, so that
/// it goes through `?`, into an enum by `#[from]`, and into `anyhow::Error`.
///
/// A timer has nothing that could be dead-lettered at once: of it, a `Reject` is an error as any other.
///
/// ```
/// use tusk_fn::prelude::*;
/// # tusk_fn::library!();
/// # fn main() {}
///
/// #[derive(serde::Deserialize)]
/// struct Order {
///     pieces: u32,
/// }
///
/// #[tusk_fn(trigger = "queue", queue = "orders")]
/// async fn fulfil(Json(order): Json<Order>) -> Result<(), Reject> {
///     if order.pieces == 0 {
///         return Err(Reject::new("an order of nothing"));
///     }
///     Ok(())
/// }
/// ```
#[derive(Clone, Debug, thiserror::Error)]
#[error("{mark}")]
pub struct Reject {
    // The mark is a cause, since a conversion to another error type may keep the causes only.
    #[source]
    mark: Mark,
}

#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
struct Mark(String);

impl Reject {
    /// For that reason.
    pub fn new(reason: impl Into<String>) -> Self {
        Self { mark: Mark(reason.into()) }
    }

    /// Because of that error.
    pub fn because(error: impl Into<BoxError>) -> Self {
        let error: BoxError = error.into();
        Self::new(chain(&*error))
    }
}

/// An error with its causes on one line. A cause whose text the error before it ends with is not repeated.
pub(crate) fn chain(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = error.to_string();
        if !text.ends_with(&next) {
            text.push_str(": ");
            text.push_str(&next);
        }
        cause = error.source();
    }
    text
}

/// `shop::errors::SweepError` as `SweepError`; generic arguments are left out.
pub(crate) fn short_type_name(name: &str) -> String {
    let path = name.split('<').next().unwrap_or(name);
    let mut segments = path.rsplit("::");
    let last = segments.next().unwrap_or(path);
    match (last, segments.next()) {
        // `Box<dyn Error>`: the box is the least of it.
        ("Box", _) => "Error".to_owned(),
        // `anyhow::Error` and `std::io::Error` would all read as `Error`.
        ("Error", Some(module)) => format!("{module}::Error"),
        _ => last.to_owned(),
    }
}

/// An answer to the caller of an HTTP function that is not a success: a status and a sentence.
///
/// The sentence is for the caller. A cause given by [`HttpError::caused_by`] is for the log only. Any error converts into
/// one with `?`: it answers 500 without a word of the cause. The body is a problem document (RFC 9457).
///
/// ```
/// use tusk_fn::{HttpError, StatusCode};
///
/// fn price(text: &str) -> Result<u32, HttpError> {
///     text.parse().map_err(|error| HttpError::bad_request("the price is no number").caused_by(error))
/// }
/// assert_eq!(price("x").unwrap_err().status(), StatusCode::BAD_REQUEST);
/// ```
#[derive(Debug)]
pub struct HttpError {
    status: StatusCode,
    detail: String,
    cause: Option<BoxError>,
}

impl HttpError {
    /// An answer of that status with a sentence for the caller.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), cause: None }
    }

    /// 400: what the caller sent is wrong.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// 404: what the caller asks for is not there.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// 409: what the caller asks for contradicts what is there.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, detail)
    }

    /// 500: the caller learns nothing but that.
    pub fn internal(cause: impl Into<BoxError>) -> Self {
        Self { status: StatusCode::INTERNAL_SERVER_ERROR, detail: String::new(), cause: Some(cause.into()) }
    }

    /// Adds what led to this, for the log only.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<BoxError>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The sentence for the caller.
    pub fn detail(&self) -> &str {
        &self.detail
    }
}

impl<E: StdError + Send + Sync + 'static> From<E> for HttpError {
    fn from(error: E) -> Self {
        Self::internal(error)
    }
}

impl IntoResponse for HttpError {
    fn into_response(self) -> Response {
        if let Some(cause) = &self.cause {
            let cause = chain(&**cause);
            if self.status.is_server_error() {
                tracing::error!(status = self.status.as_u16(), error = %cause, "the function answered an error");
            } else {
                tracing::debug!(status = self.status.as_u16(), error = %cause, "the function answered an error");
            }
        }
        problem(self.status, &self.detail)
    }
}

/// A problem document as RFC 9457 has it.
#[derive(Serialize)]
struct Problem<'a> {
    title: &'a str,
    status: u16,
    #[serde(skip_serializing_if = "str::is_empty")]
    detail: &'a str,
}

/// An error response of the framework's own: `application/problem+json`.
pub(crate) fn problem(status: StatusCode, detail: &str) -> Response {
    let title = status.canonical_reason().unwrap_or("Error");
    let body = serde_json::to_vec(&Problem { title, status: status.as_u16(), detail }).unwrap_or_default();
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("cannot sweep")]
    struct SweepError(#[source] std::num::ParseIntError);

    #[test]
    fn a_failure_is_named_by_the_type_and_tells_its_causes() {
        let cause = "x".parse::<u32>().unwrap_err();
        let failure = Failure::of(SweepError(cause));
        assert_eq!(failure.to_string(), "SweepError: cannot sweep: invalid digit found in string");
        assert_eq!(
            Failure::of(anyhow::anyhow!("broken").context("sweeping")).to_string(),
            "anyhow::Error: sweeping: broken"
        );
    }

    #[test]
    fn a_reject_is_found_among_the_causes() {
        #[derive(Debug, thiserror::Error)]
        enum Own {
            #[error(transparent)]
            Rejected(#[from] Reject),
            #[error("elsewhere")]
            Elsewhere(#[source] Reject),
        }
        let reject = || Reject::new("empty");
        assert!(Failure::of(reject()).is_rejection());
        assert_eq!(Failure::of(reject()).to_string(), "Reject: empty");
        assert!(Failure::of(Own::from(reject())).is_rejection());
        assert_eq!(Failure::of(Own::Elsewhere(reject())).to_string(), "Own: elsewhere: empty");
        assert!(Failure::of(anyhow::Error::from(reject())).is_rejection());
        assert!(Failure::of(anyhow::Error::from(reject()).context("fulfilling")).is_rejection());
        assert!(Failure::of(Failure::new("Own", "for good").rejecting()).is_rejection());
        assert!(!Failure::of(std::io::Error::other("soon")).is_rejection());
    }

    #[test]
    fn an_internal_error_tells_the_caller_nothing() {
        let error = HttpError::from(std::io::Error::other("password=hunter2"));
        assert_eq!(error.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(error.detail(), "");
    }
}
