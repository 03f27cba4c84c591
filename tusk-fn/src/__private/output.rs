//! Which types a handler may return, and what becomes of them.
//!
//! An error type can be a response and an error at once, so the way is picked first, by methods that always resolve
//! (autoref picks the first that fits), and then checked by one bound that has the sentence for people.

use std::marker::PhantomData;

use axum_core::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Serialize;

use super::argument::{kind, target};
use crate::error::{BoxError, Failure, problem};
use crate::event::{CloudEvent, EventItem, Report};
use crate::invocation::MalformedEvent;
use crate::output::Encode;

/// What came of an invocation.
#[derive(Debug)]
pub enum Outcome {
    /// An HTTP function answered.
    Response(Response),
    /// Another function ended well, with this as JSON.
    Completed(serde_json::Value),
    /// A function for a batch reported which of its items failed.
    Reported(Report),
    /// A function answered an event with one of its own.
    Replied(Box<EventItem>),
    /// The invocation failed.
    Failed(Failure),
}

/// Why an argument could not be taken.
#[derive(Debug)]
pub enum Rejection {
    /// The caller's fault: this is the answer. Boxed, since every argument that is taken could be one.
    Response(Box<Response>),
    /// Not the caller's fault.
    Failure(Failure),
}

impl Rejection {
    pub(crate) fn answer(response: impl IntoResponse) -> Self {
        Self::Response(Box::new(response.into_response()))
    }

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

/// The way that was picked.
#[derive(Debug)]
pub struct Way<K, W>(PhantomData<fn() -> (K, W)>);

/// The value is a response.
#[derive(Debug)]
pub struct Responds;
/// The value is a result whose error is a response, but not what it is when all is well.
#[derive(Debug)]
pub struct Answers;
/// The value is a result whose error is no response.
#[derive(Debug)]
pub struct Fails;
/// The value is neither.
#[derive(Debug)]
pub struct Plain;

/// First.
pub trait PickResponse {
    /// Picks.
    fn pick(&self) -> Way<kind::Http, Responds>;
}
impl<R: IntoResponse> PickResponse for &&&Pick<kind::Http, R> {
    fn pick(&self) -> Way<kind::Http, Responds> {
        Way(PhantomData)
    }
}

/// Second: it always fails, at the one part that is at fault.
pub trait PickAnswer {
    /// Picks.
    fn pick(&self) -> Way<kind::Http, Answers>;
}
impl<T, E: IntoResponse> PickAnswer for &&Pick<kind::Http, Result<T, E>> {
    fn pick(&self) -> Way<kind::Http, Answers> {
        Way(PhantomData)
    }
}

/// Third.
pub trait PickFallible<K> {
    /// Picks.
    fn pick(&self) -> Way<K, Fails>;
}
impl<K, T, E> PickFallible<K> for &Pick<K, Result<T, E>> {
    fn pick(&self) -> Way<K, Fails> {
        Way(PhantomData)
    }
}

/// Last.
pub trait PickPlain<K> {
    /// Picks.
    fn pick(&self) -> Way<K, Plain>;
}
impl<K, R> PickPlain<K> for Pick<K, R> {
    fn pick(&self) -> Way<K, Plain> {
        Way(PhantomData)
    }
}

/// A `Result`, so that its parts can be named where only the whole is written.
pub trait AnyResult {
    /// What it is when all is well.
    type Value;
    /// What it is otherwise.
    type Error;
    /// Itself.
    ///
    /// # Errors
    /// Its own.
    fn result(self) -> Result<Self::Value, Self::Error>;
}

impl<T, E> AnyResult for Result<T, E> {
    type Value = T;
    type Error = E;

    fn result(self) -> Self {
        self
    }
}

/// That a handler may return an `R`. The proof is apart from the value, so that the compiler blames the type that is written
/// and not the variable; and it holds what it proved, so that its method needs no bound, whose failure would be a second error.
#[derive(Debug)]
pub struct Finish<R>(fn(R) -> Outcome);

impl<R> Finish<R> {
    /// Turns the value into an outcome.
    pub fn finish(self, value: R) -> Outcome {
        (self.0)(value)
    }
}

// Each way has the bounds of that way and of no other, so that the compiler names only what can be meant. `On` tells where the
// function may be deployed, which matters to replies only.
impl Way<kind::Http, Responds> {
    /// Proves that it may return an `R`.
    pub fn prove<R: IntoResponse, On>(self) -> Finish<R> {
        Finish(|value| Outcome::Response(value.into_response()))
    }
}

impl Way<kind::Http, Plain> {
    /// Proves that it may return an `R`.
    pub fn prove<R: HttpOutput, On>(self) -> Finish<R> {
        Finish(|value| Outcome::Response(value.response()))
    }
}

impl Way<kind::Http, Answers> {
    /// Proves that it may return an `R`.
    pub fn prove<R: AnyResult, On>(self) -> Finish<R>
    where
        R::Value: HttpOutput,
        R::Error: IntoResponse,
    {
        Finish(|value| Outcome::Response(value.result().map(HttpOutput::response).into_response()))
    }
}

impl Way<kind::Http, Fails> {
    /// Proves that it may return an `R`.
    pub fn prove<R: AnyResult, On>(self) -> Finish<R>
    where
        R::Value: HttpOutput,
        R::Error: Fault,
    {
        Finish(|value| match value.result() {
            Ok(value) => Outcome::Response(value.response()),
            Err(error) => {
                let failure = error.into_failure();
                tracing::error!(error = %failure, "the function failed");
                Outcome::Response(problem(StatusCode::INTERNAL_SERVER_ERROR, ""))
            }
        })
    }
}

impl Way<kind::Timer, Plain> {
    /// Proves that it may return an `R`.
    pub fn prove<R: TimerOutput, On>(self) -> Finish<R> {
        Finish(TimerOutput::completion)
    }
}

impl Way<kind::Timer, Fails> {
    /// Proves that it may return an `R`.
    pub fn prove<R: AnyResult, On>(self) -> Finish<R>
    where
        R::Value: TimerOutput,
        R::Error: Fault,
    {
        Finish(|value| match value.result() {
            Ok(value) => value.completion(),
            Err(error) => Outcome::Failed(error.into_failure()),
        })
    }
}

macro_rules! kinds_of_items {
    ($($kind:ident)*) => {$(
        impl Way<kind::$kind, Plain> {
            /// Proves that it may return an `R`.
            pub fn prove<R: Settlement, On>(self) -> Finish<R> {
                Finish(Settlement::settle)
            }
        }

        impl Way<kind::$kind, Fails> {
            /// Proves that it may return an `R`.
            pub fn prove<R: AnyResult, On>(self) -> Finish<R>
            where
                R::Value: Settlement,
                R::Error: Fault,
            {
                Finish(|value| match value.result() {
                    Ok(value) => value.settle(),
                    Err(error) => Outcome::Failed(error.into_failure()),
                })
            }
        }
    )*};
}
kinds_of_items! { Blob Queue Topic Database Stream }

impl Way<kind::Event, Plain> {
    /// Proves that it may return an `R`.
    pub fn prove<R: EventOutput, On>(self) -> Finish<R>
    where
        R::To: ReachedFrom<On>,
    {
        Finish(EventOutput::settle)
    }
}

impl Way<kind::Event, Fails> {
    /// Proves that it may return an `R`.
    pub fn prove<R: AnyResult, On>(self) -> Finish<R>
    where
        R::Value: EventOutput,
        <R::Value as EventOutput>::To: ReachedFrom<On>,
        R::Error: Fault,
    {
        Finish(|value| match value.result() {
            Ok(value) => value.settle(),
            Err(error) => Outcome::Failed(error.into_failure()),
        })
    }
}

/// Types that a function may return that an event source invokes.
#[diagnostic::on_unimplemented(
    message = "a function that an event invokes cannot return `{Self}`",
    label = "has nobody to go to",
    note = "it returns `()`, or `Report` if it takes a `Batch`, or a `Result` of one of them: send what others are to know, by \
            an argument such as `#[queue(\"orders\")] orders: Sender<Order>`; only a function with `trigger = \"event\"` replies, \
            with a `CloudEvent<T>`"
)]
pub trait Settlement {
    /// What becomes of what was delivered.
    fn settle(self) -> Outcome;
}

impl Settlement for () {
    fn settle(self) -> Outcome {
        Outcome::Completed(serde_json::Value::Null)
    }
}

impl Settlement for Report {
    fn settle(self) -> Outcome {
        Outcome::Reported(self)
    }
}

/// Types that a function with `trigger = "event"` may return.
#[diagnostic::on_unimplemented(
    message = "a function for events cannot return `{Self}`",
    label = "has nobody to go to",
    note = "it returns `()`, as a reply a `CloudEvent<T>` (where `T: Serialize`) or an `Option` of it, or a `Result` of one of \
            these: send what others are to know, by an argument such as `#[queue(\"orders\")] orders: Sender<Order>`"
)]
pub trait EventOutput {
    /// Whom it goes to.
    type To;

    /// What becomes of the event.
    fn settle(self) -> Outcome;
}

/// Whom the value of a function for events goes to: nobody.
#[derive(Debug)]
pub struct Nobody;
/// Whom the value of a function for events goes to: whoever sent the event, who hands it on.
#[derive(Debug)]
pub struct EventSender;

impl EventOutput for () {
    type To = Nobody;

    fn settle(self) -> Outcome {
        Outcome::Completed(serde_json::Value::Null)
    }
}

impl<T: Encode> EventOutput for CloudEvent<T> {
    type To = EventSender;

    fn settle(self) -> Outcome {
        self.into_reply().map_or_else(Outcome::Failed, |event| Outcome::Replied(Box::new(event)))
    }
}

impl<T: Encode> EventOutput for Option<CloudEvent<T>> {
    type To = EventSender;

    fn settle(self) -> Outcome {
        self.map_or_else(|| EventOutput::settle(()), EventOutput::settle)
    }
}

/// Whom a function's value reaches wherever the function may be deployed.
#[diagnostic::on_unimplemented(
    message = "only Knative hands on the event that a function returns, and this function may be deployed to other platforms, or is \
               `idempotent`",
    label = "is a reply",
    note = "add `targets = [\"knative\"]`, and leave `idempotent` out: a reply that is lost would not be given again",
    note = "elsewhere an event is sent, by an argument such as `#[event(\"com.example.paid\")] paid: Sender<Paid>`"
)]
pub trait ReachedFrom<On> {}
impl<On> ReachedFrom<On> for Nobody {}
impl ReachedFrom<target::Knative> for EventSender {}

/// Types that an HTTP function may return.
#[diagnostic::on_unimplemented(
    message = "an HTTP function cannot return `{Self}`",
    label = "is no response",
    note = "it returns what implements axum's `IntoResponse`: `Json<T>` (where `T: Serialize`), `String`, `StatusCode`, \
            `(StatusCode, Json<T>)` and others, or a `Result` of it"
)]
pub trait HttpOutput {
    /// As a response.
    fn response(self) -> Response;
}

#[diagnostic::do_not_recommend]
impl<T: IntoResponse> HttpOutput for T {
    fn response(self) -> Response {
        self.into_response()
    }
}

/// Types that a timer may return.
#[diagnostic::on_unimplemented(
    message = "a timer cannot return `{Self}`",
    label = "does not implement `serde::Serialize`",
    note = "it returns `()`, what implements `serde::Serialize`, or a `Result` of it; a response has nobody to go to"
)]
pub trait TimerOutput {
    /// As JSON.
    fn completion(self) -> Outcome;
}

#[diagnostic::do_not_recommend]
impl<T: Serialize> TimerOutput for T {
    fn completion(self) -> Outcome {
        match serde_json::to_value(self) {
            Ok(value) => Outcome::Completed(value),
            Err(error) => Outcome::Failed(Failure::new("ResultNotSerializable", error.to_string())),
        }
    }
}

/// Errors that a handler may return.
#[diagnostic::on_unimplemented(
    message = "a function cannot return `{Self}` as its error",
    label = "needs `std::error::Error + Send + Sync`, as a type of your own or as `anyhow::Error` has it",
    note = "the error of an HTTP function may also be `HttpError`, or a type that implements axum's `IntoResponse`"
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
