//! Functions that fail, and that panic.

use std::convert::Infallible;

use tusk_fn::prelude::*;
use tusk_fn::{FromRequestParts, Response};

/// An error whose every word is a secret.
#[derive(Debug, thiserror::Error)]
#[error("secret-outer")]
struct OuterError(#[source] InnerError);

#[derive(Debug, thiserror::Error)]
#[error("secret-inner")]
struct InnerError;

#[tusk_fn(trigger = "http", route = "fail/typed")]
async fn typed() -> Result<String, OuterError> {
    Err(OuterError(InnerError))
}

#[tusk_fn(trigger = "http", route = "fail/anyhow")]
async fn dynamic() -> anyhow::Result<String> {
    Err(anyhow::Error::from(InnerError).context("secret-outer"))
}

#[tusk_fn(trigger = "http", route = "fail/question-mark")]
async fn question_mark() -> Result<String, HttpError> {
    Err(OuterError(InnerError))?;
    Ok("not reached".to_owned())
}

#[tusk_fn(trigger = "http", route = "fail/caused-by")]
async fn caused_by() -> Result<String, HttpError> {
    Err(HttpError::new(StatusCode::SERVICE_UNAVAILABLE, "try again").caused_by(OuterError(InnerError)))
}

/// A value that JSON cannot have: a map whose keys are lists.
#[tusk_fn(trigger = "http", route = "fail/json")]
async fn json() -> Json<std::collections::BTreeMap<Vec<u8>, u8>> {
    Json([(vec![1], 1)].into())
}

#[tusk_fn(trigger = "http", route = "panic/at-once")]
async fn at_once() -> &'static str {
    panic!("secret-outer: secret-inner")
}

#[tusk_fn(trigger = "http", route = "panic/later")]
async fn later() -> &'static str {
    tokio::task::yield_now().await;
    panic!("secret-outer: {}", "secret-inner")
}

#[tusk_fn(trigger = "http", route = "panic/value")]
async fn value() -> &'static str {
    std::panic::panic_any(7)
}

/// Panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("secret-outer: secret-inner")
    }
}

#[tusk_fn(trigger = "http", route = "panic/drop")]
async fn drop() -> &'static str {
    let _bomb = Bomb;
    tokio::task::yield_now().await;
    "about to panic"
}

/// Panics when it is given up.
#[tusk_fn(trigger = "http", route = "panic/given-up", timeout = "100ms")]
async fn given_up() -> &'static str {
    let _bomb = Bomb;
    std::future::pending().await
}

/// Panics when the client goes away.
#[tusk_fn(trigger = "http", route = "panic/abandoned")]
async fn abandoned() -> &'static str {
    let _bomb = Bomb;
    crate::happened("abandoned began");
    std::future::pending().await
}

struct PanickingExtractor;

impl<S: Sync> FromRequestParts<S> for PanickingExtractor {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut http::request::Parts, _: &S) -> Result<Self, Infallible> {
        panic!("secret-outer: secret-inner")
    }
}

#[tusk_fn(trigger = "http", route = "panic/extractor")]
async fn extractor(_it: PanickingExtractor) -> &'static str {
    "not reached"
}

struct PanickingResponse;

impl IntoResponse for PanickingResponse {
    fn into_response(self) -> Response {
        panic!("secret-outer: secret-inner")
    }
}

#[tusk_fn(trigger = "http", route = "panic/response")]
async fn response() -> PanickingResponse {
    PanickingResponse
}
