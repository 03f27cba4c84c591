//! Which types a handler may return, and what becomes of them.
//!
//! An error type can be a response and an error at once, so the way is picked first, by methods that always resolve
//! (autoref picks the first that fits), and then checked by one bound that has the sentence for people.

use std::marker::PhantomData;

use axum_core::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Serialize;

use super::argument::kind;
use crate::error::{BoxError, Failure, problem};
use crate::invocation::MalformedEvent;

/// What came of an invocation.
#[derive(Debug)]
pub enum Outcome {
    /// An HTTP function answered.
    Response(Response),
    /// Another function ended well, with this as JSON.
    Completed(serde_json::Value),
    /// The invocation failed.
    Failed(Failure),
}

/// Why an argument could not be taken.
#[derive(Debug)]
pub enum Rejection {
    /// The caller's fault: this is the answer.
    Response(Response),
    /// Not the caller's fault.
    Failure(Failure),
}

impl Rejection {
    pub(crate) fn internal(kind: &str, message: &str) -> Self {
        Self::Failure(Failure::new(kind, message))
    }
}

impl From<MalformedEvent> for Rejection {
    fn from(error: MalformedEvent) -> Self {
        Self::Failure(Failure::new("MalformedEvent", error.0))
    }
}

/// An outcome as a handler's code returns it.
pub fn handled(outcome: Outcome) -> Result<Outcome, Rejection> {
    Ok(outcome)
}

/// Picks the way from a handler's `R` to an outcome.
#[derive(Debug)]
pub struct Pick<K, R>(PhantomData<fn() -> (K, R)>);

impl<K, R> Pick<K, R> {
    /// For a value of that type, which need not be named.
    pub fn of(_: &R) -> Self {
        Self(PhantomData)
    }
}

/// The value is a response.
#[derive(Debug)]
pub struct ResponseWay;
/// The value is a result whose error is no response.
#[derive(Debug)]
pub struct FallibleWay;
/// The value is neither.
#[derive(Debug)]
pub struct PlainWay;

/// First.
pub trait PickResponse {
    /// Picks.
    fn pick(&self) -> ResponseWay;
}
impl<R: IntoResponse> PickResponse for &&Pick<kind::Http, R> {
    fn pick(&self) -> ResponseWay {
        ResponseWay
    }
}

/// Second.
pub trait PickFallible {
    /// Picks.
    fn pick(&self) -> FallibleWay;
}
impl<K, T, E> PickFallible for &Pick<K, Result<T, E>> {
    fn pick(&self) -> FallibleWay {
        FallibleWay
    }
}

/// Last.
pub trait PickPlain {
    /// Picks.
    fn pick(&self) -> PlainWay;
}
impl<K, R> PickPlain for Pick<K, R> {
    fn pick(&self) -> PlainWay {
        PlainWay
    }
}

macro_rules! finish {
    ($($way:ty)*) => {$(
        impl $way {
            /// Turns the value into an outcome.
            pub fn finish<K, R: Returned<K, Self>>(self, value: R) -> Outcome {
                value.outcome()
            }
        }
    )*};
}
finish! { ResponseWay FallibleWay PlainWay }

/// Types that a handler of kind `K` may return.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be returned from a function with the trigger `{K}`",
    label = "cannot be returned here",
    note = "an HTTP function returns what implements axum's `IntoResponse`: `Json<T>`, `String`, `StatusCode`, \
            `(StatusCode, Json<T>)` and others, or a `Result` of it",
    note = "any other function returns `()`, what implements `serde::Serialize`, or a `Result` of it"
)]
pub trait Returned<K, W> {
    /// Turns it into an outcome.
    fn outcome(self) -> Outcome;
}

impl<R: IntoResponse> Returned<kind::Http, ResponseWay> for R {
    fn outcome(self) -> Outcome {
        Outcome::Response(self.into_response())
    }
}

impl<T: IntoResponse, E: Fault> Returned<kind::Http, FallibleWay> for Result<T, E> {
    fn outcome(self) -> Outcome {
        match self {
            Ok(value) => Outcome::Response(value.into_response()),
            Err(error) => {
                let failure = error.into_failure();
                tracing::error!(error = %failure, "the function failed");
                Outcome::Response(problem(StatusCode::INTERNAL_SERVER_ERROR, ""))
            }
        }
    }
}

impl<T: Serialize> Returned<kind::Timer, PlainWay> for T {
    fn outcome(self) -> Outcome {
        match serde_json::to_value(self) {
            Ok(value) => Outcome::Completed(value),
            Err(error) => Outcome::Failed(Failure::new("ResultNotSerializable", error.to_string())),
        }
    }
}

impl<T: Serialize, E: Fault> Returned<kind::Timer, FallibleWay> for Result<T, E> {
    fn outcome(self) -> Outcome {
        match self {
            Ok(value) => value.outcome(),
            Err(error) => Outcome::Failed(error.into_failure()),
        }
    }
}

/// Errors that a handler may return.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an error that a function can return",
    label = "needs `std::error::Error + Send + Sync`, or a type such as `anyhow::Error`",
    note = "to decide what the caller of an HTTP function sees, implement axum's `IntoResponse`, or return `HttpError`"
)]
pub trait Fault {
    /// Turns it into a failure.
    fn into_failure(self) -> Failure;
}

#[diagnostic::do_not_recommend]
impl<E: Into<BoxError>> Fault for E {
    fn into_failure(self) -> Failure {
        Failure::of(self)
    }
}
