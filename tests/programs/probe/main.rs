//! A program whose functions misbehave in every way that the suite wants to see.
//!
//! What happens inside is told by `GET /events`: the suite proves with it what no answer shows, such as that a future was
//! dropped.
#![expect(clippy::panic, reason = "some functions panic on purpose")]

mod bodies;
mod failures;
mod lifecycle;
mod parameters;

use std::sync::{Mutex, PoisonError};

use tusk_fn::prelude::*;

static EVENTS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Remembers that something happened.
fn happened(what: impl Into<String>) {
    EVENTS.lock().unwrap_or_else(PoisonError::into_inner).push(what.into());
}

/// Tells when it is dropped.
struct Guard(&'static str);

impl Drop for Guard {
    fn drop(&mut self) {
        happened(format!("{} dropped", self.0));
    }
}

/// What happened so far.
#[tusk_fn(trigger = "http", route = "events")]
async fn events() -> Json<Vec<String>> {
    Json(EVENTS.lock().unwrap_or_else(PoisonError::into_inner).clone())
}

#[tusk_fn(trigger = "http", route = "hello")]
async fn hello() -> &'static str {
    "hello"
}

/// What the context says.
#[tusk_fn(trigger = "http", route = "context")]
async fn context(context: Context) -> Json<Vec<String>> {
    Json(vec![
        context.function().to_owned(),
        context.cold_start().to_string(),
        context.trace().unwrap_or_default().to_owned(),
        (context.delivery_id() == context.invocation_id()).to_string(),
    ])
}

#[derive(Clone)]
struct First;
#[derive(Clone)]
struct Second;
#[derive(Clone)]
struct Third;

#[tusk_fn(trigger = "http", route = "states")]
async fn states(_first: State<First>, _third: State<Third>) -> &'static str {
    "all there"
}

// The inits stand in the wrong order on purpose.

#[tusk_fn::init]
async fn third(_first: State<First>, _second: State<Second>) -> Third {
    happened("init third");
    Third
}

#[tusk_fn::init]
async fn second(_first: State<First>) -> anyhow::Result<Second> {
    happened("init second");
    match std::env::var("PROBE_INIT").as_deref() {
        Ok("fails") => Err(anyhow::anyhow!("connection refused").context("cannot reach the database")),
        Ok("panics") => panic!("the init panics on purpose"),
        _ => Ok(Second),
    }
}

#[tusk_fn::init]
async fn first() -> First {
    happened("init first");
    First
}

tusk_fn::main!();
