//! What the host sends of its own, from the request to the answer.
//!
//! | what became of it | answer | what the host then does |
//! |---|---|---|
//! | handled, or not wanted | 200 | nothing more |
//! | failed, or rejected | 500, or 504 after the deadline | the invocation failed: again, as the trigger has it |
//! | cannot be read | 400 | the same |
//! | no function has the name | 404 | the same |
//! | too large | 413 | the same |
//!
//! The host looks at no status but for success. They are for whoever reads its log, which has the number and nothing
//! else.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum_core::response::Response;
use http::{Request, StatusCode};
use hyper::body::Incoming;
use tusk_fn_spec::suggest::listed;

use super::items::{self, Opened};
use super::wire::Sent;
use super::{door, forwarded, reply};
use crate::context::Delivery;
use crate::delivery::{self, Arrival, Fate};
use crate::dispatch::{Program, TIMED_OUT};
use crate::error::problem;
use crate::provider::field::{self, Fault};
use crate::server::body::whole;
use crate::telemetry::KeptLines;

/// The largest request that is read: the host takes no larger one of a client (`FUNCTIONS_REQUEST_BODY_SIZE_LIMIT`).
const LARGEST: usize = 104_857_600;

/// Gives a function what it is sent.
type Receive =
    for<'a> fn(&'a Arc<Program>, usize, &'a Sent<'a>, Delivery) -> Pin<Box<dyn Future<Output = Response> + Send + 'a>>;

/// What only functions need that no request invokes. It is reached through their registrations, so that a program without them
/// carries no decoder.
pub(crate) struct Events {
    receive: Receive,
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").finish_non_exhaustive()
    }
}

pub(crate) const EVENTS: Events =
    Events { receive: |program, function, sent, delivery| Box::pin(receive(program, function, sent, delivery)) };

/// Answers what the host sent to a name.
pub(super) async fn answer(program: &Arc<Program>, prefix: &str, name: &str, request: Request<Incoming>) -> Response {
    let (parts, body) = request.into_parts();
    let body = match whole(&parts, body, LARGEST).await {
        Ok(body) => body,
        Err(error) => {
            tracing::error!(target: "tusk_fn", %error, "an event was refused");
            return problem(error.status(), &error.to_string());
        }
    };
    let delivery = door::event_delivery(&parts);
    let functions = program.functions();
    let function = functions.iter().position(|function| function.record.name == name);
    let event = function.and_then(|index| Some((index, &functions[index].events?.azure)));
    let text = field::utf8(&body);
    match (event, text.and_then(Sent::read)) {
        (Some((function, events)), Ok(sent)) => (events.receive)(program, function, &sent, delivery).await,
        (None, Ok(sent)) if function.is_some() || forwarded::is_request(&sent) => {
            match forwarded::respond(program, prefix, &sent, delivery).await {
                Ok(response) => response,
                Err(fault) => refuse(&format!("the request of a client that the host sent to `{name}`: {fault}")),
            }
        }
        (Some((function, _)), Err(fault)) => refuse_for(program, function, &fault),
        (None, Err(fault)) if function.is_some() => {
            refuse(&format!("the request that the host sent to `{name}`: {fault}"))
        }
        (None, _) => {
            let known = functions.iter().map(|function| function.record.name.as_str());
            let why = format!("no function of this process is called `{name}`; it has {}", listed(known, "and"));
            tracing::error!(target: "tusk_fn", error = why, "an event was refused");
            reply::not_found(&why)
        }
    }
}

fn refuse(why: &str) -> Response {
    let why = field::short(why);
    tracing::error!(target: "tusk_fn", error = why, "an event was refused");
    problem(StatusCode::BAD_REQUEST, why)
}

fn refuse_for(program: &Program, function: usize, fault: &Fault) -> Response {
    let record = &program.functions()[function].record;
    let expected = items::expected(&record.trigger);
    refuse(&format!("the function `{}` was to be given {expected}, but {fault}", record.name))
}

/// Gives a function what it is sent.
async fn receive(program: &Arc<Program>, function: usize, sent: &Sent<'_>, delivery: Delivery) -> Response {
    let record = &program.functions()[function].record;
    let lines = Arc::new(KeptLines::default());
    let delivery = Delivery { lines: Some(Arc::clone(&lines)), awaits_claim: true, ..delivery };
    match items::open(record, sent, &delivery) {
        Err(fault) => refuse_for(program, function, &fault),
        Ok(Opened::Timer { timer, attempt }) => {
            answered(&delivery::fire(program, function, timer, Delivery { attempt, ..delivery }).await, &lines)
        }
        Ok(Opened::Items { items, order }) => {
            if items.is_empty() {
                program.functions()[function].say_unwanted("what came");
            }
            let arrive = |one: items::One| {
                let delivery = Delivery { id: one.id, attempt: one.attempt, ..delivery.clone() };
                Arrival { item: one.item, delivery }
            };
            let arrivals = items.into_iter().map(arrive).collect();
            let fates = delivery::deliver(program, function, arrivals, order, None).await;
            // The first that failed, whose failure is not that another one did.
            answered(fates.iter().find(|fate| **fate != Fate::Done).unwrap_or(&Fate::Done), &lines)
        }
    }
}

/// What the host is told. The kind of a failure only: a message may tell what is nobody's business.
fn answered(fate: &Fate, lines: &KeptLines) -> Response {
    match fate {
        Fate::Done | Fate::Replied(_) => reply::succeeded(lines),
        Fate::Retry(failure) if failure.kind() == TIMED_OUT => problem(StatusCode::GATEWAY_TIMEOUT, failure.kind()),
        Fate::Retry(failure) | Fate::Reject(failure) => problem(StatusCode::INTERNAL_SERVER_ERROR, failure.kind()),
    }
}
