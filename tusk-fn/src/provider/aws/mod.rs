//! AWS Lambda, through `lambda_runtime`.
//!
//! - [`event`]: which kind of event came, decoded lazily out of the bytes of the Runtime API's answer
//! - [`http`]: the four HTTP shapes (HTTP API, REST API, function URL, load balancer), both ways
//! - [`select`], [`items`], [`receive`], [`dead_letters`]: what event sources send: for which function, what is in it, what
//!   is replied, and where goes what is rejected
//! - [`foreign`]: the names of events that no trigger takes
//! - [`shutdown`]: what runs before the platform ends the process
//! - this module: the loop, deadlines, and errors as the platform wants them
//!
//! `lambda_runtime` parses an event before it calls the handler. To parse it once instead of twice, a layer takes the bytes
//! out of the invocation before, and the handler picks them up: both calls are on one stack.

#[cfg(feature = "aws-clients")]
mod client;
#[cfg(feature = "aws-clients")]
mod cloud;
mod dead_letters;
mod event;
mod foreign;
#[cfg(any(fuzzing, test))]
pub(crate) mod fuzz;
mod http;
mod items;
mod receive;
mod select;
mod shutdown;
mod support;
#[cfg(test)]
#[allow(clippy::expect_used, clippy::panic, reason = "a failed expectation is a failed test")]
mod tests;

#[cfg(not(deployed_without_clients))]
pub(crate) use self::support::open_cloud;
pub(crate) use self::support::{EVENTS, Events};

use std::cell::Cell;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use lambda_runtime::tower::{Layer, Service};
use lambda_runtime::{Context as LambdaContext, Diagnostic, LambdaEvent, LambdaInvocation, Runtime};
use serde::{Serialize, Serializer};
use tusk_fn_spec::trigger::Trigger;

use self::dead_letters::DeadLetters;
use self::event::{Event, Schedule};
use self::http::{Encoded, Shape};
use crate::app::{RunError, StartError};
use crate::context::{Delivery, InvocationId, Trace};
use crate::dispatch::Program;
use crate::error::{BoxError, Failure};
use crate::extract::whole;
use crate::idempotency;
use crate::invocation::{Delivered, Input};
use crate::private::Outcome;
use crate::timer::Timer;

/// What `lambda_runtime` reads without asking whether it is there.
const NEEDED: [&str; 3] =
    ["AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION"];
const RUNTIME_API: &str = "AWS_LAMBDA_RUNTIME_API";

/// Serves events until the platform ends the process. What kept the program from starting is reported to the platform.
pub(crate) async fn run<F>(
    started: Result<Arc<Program>, StartError>,
    hook: Option<impl FnOnce() -> F + Send + 'static>,
) -> Result<(), RunError>
where
    F: Future<Output = ()> + Send + 'static,
{
    if let Some(missing) = NEEDED.iter().chain([&RUNTIME_API]).find(|name| std::env::var_os(name).is_none()) {
        return Err(RunError::Lambda(format!("the environment variable `{missing}` is missing").into()));
    }
    let program = match started {
        Ok(program) => program,
        Err(error) => {
            report_init_error(&error).await?;
            return Err(error.into());
        }
    };
    if let Some(hook) = hook {
        shutdown::register(hook).await.map_err(RunError::Lambda)?;
    }
    let events = program.functions().iter().find_map(|function| function.events?.aws.as_ref());
    let dead_letters = events.and_then(|events| (events.dead_letters)());
    let lambda = Arc::new(Lambda { program, dead_letters });
    Runtime::new(Handler { lambda }).layer(CarryEvent).run_concurrent().await.map_err(RunError::Lambda)
}

/// Tells the platform why the program could not start.
async fn report_init_error(error: &StartError) -> Result<(), RunError> {
    let kind = match error {
        StartError::Functions(_) | StartError::Uninvokable(_) => "InvalidFunctions".to_owned(),
        StartError::States(_) => "InvalidStates".to_owned(),
        StartError::Outputs(_) => "InvalidOutputs".to_owned(),
        StartError::Cloud(_) => "InvalidCloud".to_owned(),
        #[cfg(provider_azure)]
        StartError::Azure(_) => "InvalidFunctions".to_owned(),
        #[cfg(any(provider_google, provider_knative))]
        StartError::Door(_) | StartError::Platform(_) => "InvalidFunctions".to_owned(),
        #[cfg(provider_google)]
        StartError::Signature(_) => "InvalidFunctions".to_owned(),
        StartError::Init(failed) => failed.failure.kind().to_owned(),
    };
    let body = serde_json::json!({ "errorType": kind, "errorMessage": error.to_string(), "stackTrace": [] });
    let request = lambda_runtime_api_client::build_request()
        .method("POST")
        .uri("/2018-06-01/runtime/init/error")
        .header("lambda-runtime-function-error-type", "Runtime.InitError")
        .header("content-type", "application/json")
        .body(lambda_runtime_api_client::body::Body::from(body.to_string()))
        .map_err(|error| RunError::Lambda(error.into()))?;
    let client = lambda_runtime_api_client::PooledClient::builder().build();
    client.call(request).await.map_err(RunError::Lambda)?;
    Ok(())
}

thread_local! {
    /// The bytes of an event on their way from [`CarryEvent`] to [`Handler`].
    static EVENT: Cell<Option<Bytes>> = const { Cell::new(None) };
}

/// The layer that keeps `lambda_runtime` from parsing an event.
struct CarryEvent;

#[derive(Clone)]
struct CarryEventService<S> {
    inner: S,
}

impl<S> Layer<S> for CarryEvent {
    type Service = CarryEventService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        CarryEventService { inner }
    }
}

impl<S> Service<LambdaInvocation> for CarryEventService<S>
where
    S: Service<LambdaInvocation, Response = (), Error = BoxError>,
{
    type Response = ();
    type Error = BoxError;
    type Future = S::Future;

    fn poll_ready(&mut self, task: &mut TaskContext<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(task)
    }

    fn call(&mut self, mut invocation: LambdaInvocation) -> Self::Future {
        let event = std::mem::replace(&mut invocation.body, Bytes::from_static(b"null"));
        EVENT.set(Some(event));
        let future = self.inner.call(invocation);
        EVENT.take();
        future
    }
}

/// The program as it runs here.
struct Lambda {
    program: Arc<Program>,
    /// Where goes what functions reject, if the process was told of a place.
    dead_letters: Option<Arc<dyn DeadLetters>>,
}

#[derive(Clone)]
struct Handler {
    lambda: Arc<Lambda>,
}

impl Service<LambdaEvent<()>> for Handler {
    type Response = Reply;
    type Error = Fault;
    type Future = Pin<Box<dyn Future<Output = Result<Reply, Fault>> + Send>>;

    fn poll_ready(&mut self, _: &mut TaskContext<'_>) -> Poll<Result<(), Fault>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, invocation: LambdaEvent<()>) -> Self::Future {
        let event = EVENT.take();
        let lambda = Arc::clone(&self.lambda);
        Box::pin(async move {
            let event = event.ok_or_else(|| Fault(Failure::new("EventMissing", "the event was not carried here")))?;
            lambda.handle(event, delivery(invocation.context)).await.map_err(Fault)
        })
    }
}

/// A failure, as `lambda_runtime` reports it.
struct Fault(Failure);

impl fmt::Debug for Fault {
    /// What `lambda_runtime` writes into the log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl From<Fault> for Diagnostic {
    fn from(Fault(failure): Fault) -> Self {
        Self { error_type: failure.kind().to_owned(), error_message: failure.message().to_owned() }
    }
}

/// What goes back to the platform.
#[derive(Debug)]
enum Reply {
    Http(Encoded),
    Value(serde_json::Value),
}

impl Serialize for Reply {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Http(encoded) => encoded.serialize(serializer),
            Self::Value(value) => value.serialize(serializer),
        }
    }
}

impl Lambda {
    async fn handle(&self, bytes: Bytes, delivery: Delivery) -> Result<Reply, Failure> {
        let (request, shape) = match event::decode(&bytes)? {
            Event::Http(request, shape) => (request, shape),
            // Boxed, so that requests do not carry the room that events need.
            other => return Box::pin(self.receive(bytes, other, delivery)).await.map(Reply::Value),
        };
        let head_only = request.method == ::http::Method::HEAD;
        let Ok(response) = self.program.respond(http::incoming(request, delivery)).await;
        let encoded = encode(shape, response, head_only).await?;
        Ok(Reply::Http(encoded))
    }

    async fn receive(&self, bytes: Bytes, event: Event, delivery: Delivery) -> Result<serde_json::Value, Failure> {
        let timers = || self.program.functions().iter().any(|it| matches!(it.record.trigger, Trigger::Timer(_)));
        let sent = match event {
            Event::Scheduled(schedule, None) => return fire(&self.program, &schedule, delivery).await,
            Event::Scheduled(schedule, _) if timers() => return fire(&self.program, &schedule, delivery).await,
            Event::Scheduled(_, Some(sent)) | Event::Sent(sent) => sent,
            Event::Http(..) => return Err(Failure::new("WrongTrigger", "a request is no event of a source")),
        };
        let Some(events) = self.program.functions().iter().find_map(|function| function.events?.aws.as_ref()) else {
            // None takes it: this says what it is.
            return select::select(&self.program, &sent).map(|_| serde_json::Value::Null);
        };
        (events.receive)(&self.program, self.dead_letters.as_ref(), bytes, sent, delivery).await
    }
}

/// Handles an event that a test brings.
pub(crate) async fn deliver(program: &Arc<Program>, event: Bytes) -> Result<serde_json::Value, Failure> {
    let lambda = Lambda { program: Arc::clone(program), dead_letters: None };
    let event_kind = event::decode(&event)?;
    lambda.receive(event, event_kind, Delivery::local()).await
}

async fn encode(shape: Shape, response: axum_core::response::Response, head_only: bool) -> Result<Encoded, Failure> {
    let (parts, body) = response.into_parts();
    let body = if head_only {
        Bytes::new()
    } else {
        whole(body).await.map_err(|error| Failure::new("ResponseBody", error.to_string()))?
    };
    Ok(Encoded::new(shape, parts, body))
}

/// What the Runtime API says of an invocation.
fn delivery(context: LambdaContext) -> Delivery {
    Delivery {
        awaits_claim: true,
        platform_deadline: deadline(context.deadline),
        invocation: InvocationId::Platform(context.request_id.into()),
        id: None,
        attempt: 1,
        last_attempt: false,
        trace: Trace::Given(context.xray_trace_id),
        #[cfg(provider_azure)]
        lines: None,
    }
}

/// When to give up, so that the answer is ours: 500 ms or 5 % (the smaller) before the platform does.
///
/// A deadline that has passed when the invocation begins is none: local emulators send such.
fn deadline(epoch_millis: u64) -> Option<Instant> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?;
    let remaining = Duration::from_millis(epoch_millis).checked_sub(now)?;
    let margin = (remaining / 20).min(Duration::from_millis(500));
    Instant::now().checked_add(remaining.saturating_sub(margin))
}

/// Runs the timer that a schedule means.
async fn fire(
    program: &Arc<Program>,
    schedule: &Schedule,
    mut delivery: Delivery,
) -> Result<serde_json::Value, Failure> {
    let index = find_timer(program, schedule.function.as_deref())?;
    let function = &program.functions()[index].record.name;
    delivery.id = Some(format!("{function}@{}", schedule.scheduled_at));
    delivery.attempt = schedule.attempt;
    let input = Input::Timer(Timer::at(schedule.scheduled_at));
    match idempotency::run(program, index, Box::new(Delivered { input, delivery })).await {
        Outcome::Completed(value) => Ok(value),
        Outcome::Failed(failure) => Err(failure),
        Outcome::Response(_) | Outcome::Reported(_) | Outcome::Replied(_) => {
            Err(Failure::new("WrongTrigger", "a timer gave a response"))
        }
    }
}

fn find_timer(program: &Program, named: Option<&str>) -> Result<usize, Failure> {
    let timers: Vec<(usize, &str)> = program
        .functions()
        .iter()
        .enumerate()
        .filter(|(_, function)| matches!(function.record.trigger, Trigger::Timer(_)))
        .map(|(index, function)| (index, function.record.name.as_str()))
        .collect();
    let candidates = || timers.iter().map(|(_, name)| *name).collect::<Vec<_>>().join(", ");
    match named {
        Some(named) => timers.iter().find(|(_, name)| *name == named).map(|(index, _)| *index).ok_or_else(|| {
            Failure::new(
                "NoSuchFunction",
                format!("the event is for the timer `{named}`; this process has: {}", candidates()),
            )
        }),
        None => match timers.as_slice() {
            [(index, _)] => Ok(*index),
            [] => Err(Failure::new("NoSuchFunction", "a schedule invoked this program, which has no timer")),
            _ => Err(Failure::new(
                "AmbiguousEvent",
                format!("the schedule does not say which timer it means; set `TUSK_FN` to one of: {}", candidates()),
            )),
        },
    }
}
