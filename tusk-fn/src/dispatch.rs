//! Runs invocations: finds the function, guards its handler, counts what came of it.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::task::{Context as TaskContext, Poll, ready};
use std::time::{Duration, Instant};

use axum_core::body::Body;
use axum_core::response::Response;
use http::{HeaderValue, StatusCode, header};
use http_body::Body as _;
use http_body_util::Limited;
use pin_project_lite::pin_project;
use tokio::task::coop::unconstrained;
use tower::ServiceExt as _;
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::Trigger;
use tusk_fn_spec::trigger::http::{DEFAULT_BODY_LIMIT, Method};

use crate::app::HttpService;
use crate::context::{Context, Delivery};
use crate::error::{Failure, problem};
use crate::invocation::{Head, HttpInput, Input, Invocation, RequestBody};
use crate::metrics::{Counters, FunctionMetrics};
use crate::private::{HandlerFn, HandlerFuture, Outcome, Rejection};
use crate::provider::Provider;
use crate::router::{Captures, Found, PathForm, Router};
use crate::state::States;
use crate::suggest::nearest_routes;
use crate::telemetry::Scope;

/// A program that started: its functions, its states, its routes.
pub(crate) struct Program {
    provider: Provider,
    functions: Vec<Function>,
    router: Router,
    states: States,
    layered: Option<HttpService>,
    cold: AtomicBool,
}

/// A function of the program.
pub(crate) struct Function {
    pub(crate) record: FunctionRecord,
    name: Arc<str>,
    handler: HandlerFn,
    timeout: Duration,
    counters: Counters,
}

impl Function {
    pub(crate) fn new(record: FunctionRecord, handler: HandlerFn) -> Self {
        Self {
            name: record.name.as_str().into(),
            timeout: record.timeout(),
            record,
            handler,
            counters: Counters::default(),
        }
    }

    fn body_limit(&self) -> u64 {
        match &self.record.trigger {
            Trigger::Http(http) => http.body_limit,
            Trigger::Timer(_) => DEFAULT_BODY_LIMIT,
        }
    }
}

/// A request on its way to a function.
pub(crate) struct IncomingRequest {
    pub(crate) method: http::Method,
    pub(crate) head: Head,
    pub(crate) body: RequestBody,
    /// The body's length, if it is known before the body is read.
    pub(crate) length: Option<u64>,
    pub(crate) delivery: Delivery,
}

impl Program {
    pub(crate) fn new(provider: Provider, functions: Vec<Function>, states: States) -> Self {
        let mut router = Router::default();
        for (index, function) in functions.iter().enumerate() {
            if let Trigger::Http(http) = &function.record.trigger {
                router.insert(&http.route, &http.methods, index);
            }
        }
        Self { provider, functions, router, states, layered: None, cold: AtomicBool::new(true) }
    }

    /// Puts layers around all HTTP functions.
    pub(crate) fn with_layers(mut self, layered: Option<HttpService>) -> Self {
        self.layered = layered;
        self
    }

    pub(crate) fn states(&self) -> &States {
        &self.states
    }

    pub(crate) fn functions(&self) -> &[Function] {
        &self.functions
    }

    pub(crate) fn body_limit(&self, function: usize) -> u64 {
        self.functions[function].body_limit()
    }

    pub(crate) fn metrics(&self) -> Vec<FunctionMetrics> {
        self.functions.iter().map(|function| function.counters.snapshot(&function.name)).collect()
    }

    /// Whether a request's path and method lead to the function of that name.
    pub(crate) fn leads_to(&self, request: &http::request::Parts, name: &str) -> bool {
        let method = request.method.as_str().parse().ok();
        match self.router.find(request.uri.path(), PathForm::Encoded, method) {
            Found::Function(index, _) => self.functions[index].record.name == name,
            Found::WrongMethod(_) | Found::Nothing => false,
        }
    }

    /// Answers a request, through the layers where there are any.
    pub(crate) async fn respond(self: Arc<Self>, request: IncomingRequest) -> Response {
        let Some(layered) = &self.layered else { return self.route(request).await };
        let IncomingRequest { head, body, delivery, .. } = request;
        let mut http = HttpInput { head, body, captures: Captures::new() };
        let mut request = match http.request() {
            Ok(request) => request,
            Err(error) => return malformed(&error.0),
        };
        request.extensions_mut().insert((Arc::clone(&self), delivery));
        match layered.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }

    /// What the layers surround: answers a request that has passed them.
    pub(crate) async fn respond_inside(mut request: http::Request<Body>) -> Response {
        let Some((program, delivery)) = request.extensions_mut().remove::<(Arc<Self>, Delivery)>() else {
            tracing::error!("a layer replaced the request's extensions, which tell the program that it belongs to");
            return problem(StatusCode::INTERNAL_SERVER_ERROR, "");
        };
        let (parts, body) = request.into_parts();
        let request = IncomingRequest {
            method: parts.method.clone(),
            length: content_length(&parts.headers),
            head: Head::Parts(Box::new(parts)),
            body: RequestBody::Body(body),
            delivery,
        };
        program.route(request).await
    }

    /// Answers a request by the function that its path and method lead to.
    async fn route(self: Arc<Self>, request: IncomingRequest) -> Response {
        let method = request.method.as_str().parse().ok();
        let (path, form) = match &request.head {
            Head::Parts(parts) => (parts.uri.path(), PathForm::Encoded),
            Head::Event { path, form, .. } => (&**path, *form),
            Head::Taken => return problem(StatusCode::INTERNAL_SERVER_ERROR, ""),
        };
        match self.router.find(path, form, method) {
            Found::Function(function, captures) => self.answer(function, captures, request).await,
            Found::WrongMethod(allowed) => method_not_allowed(&allowed),
            Found::Nothing => self.not_found(path),
        }
    }

    async fn answer(self: Arc<Self>, function: usize, captures: Captures, request: IncomingRequest) -> Response {
        let limit = self.body_limit(function);
        if request.length.is_some_and(|length| length > limit) {
            let detail = format!("the body has more than {limit} bytes");
            return problem(StatusCode::PAYLOAD_TOO_LARGE, &detail);
        }
        let body = match request.body {
            #[cfg(provider_local)]
            RequestBody::Incoming(incoming, _) => RequestBody::Incoming(incoming, limit),
            // Behind layers, or from a stream: its length is not known, or not the one that the head announces.
            RequestBody::Body(body) if body.size_hint().exact().is_none_or(|length| length > limit) => {
                let limit = usize::try_from(limit).unwrap_or(usize::MAX);
                RequestBody::Body(Body::new(Limited::new(body, limit)))
            }
            body => body,
        };
        let input = Input::Http(HttpInput { head: request.head, body, captures });
        match self.run(function, input, request.delivery).await {
            Outcome::Response(response) => response,
            Outcome::Completed(_) => problem(StatusCode::INTERNAL_SERVER_ERROR, ""),
            Outcome::Failed(failure) if failure.kind() == TIMED_OUT => problem(StatusCode::GATEWAY_TIMEOUT, ""),
            Outcome::Failed(failure) if failure.kind() == "MalformedEvent" => malformed(failure.message()),
            Outcome::Failed(_) => problem(StatusCode::INTERNAL_SERVER_ERROR, ""),
        }
    }

    fn not_found(&self, path: &str) -> Response {
        let detail = match self.provider {
            Provider::Local => nearest_routes(path, self.functions.iter().map(|function| &function.record)),
            Provider::Aws => String::new(),
        };
        problem(StatusCode::NOT_FOUND, &detail)
    }

    /// Runs one function once.
    pub(crate) async fn run(self: Arc<Self>, index: usize, input: Input, delivery: Delivery) -> Outcome {
        let function = &self.functions[index];
        let started = Instant::now();
        let own = started + function.timeout;
        let deadline = delivery.platform_deadline.map_or(own, |platform| platform.min(own));
        let cold_start = self.cold.load(Relaxed) && self.cold.swap(false, Relaxed);
        let mut running = Running::begin(&function.counters, started, cold_start);
        let scope = Scope::new(&function.name, &delivery.invocation);
        let context =
            Context { function: Arc::clone(&function.name), provider: self.provider, delivery, deadline, cold_start };
        let invocation = Invocation { program: Arc::clone(&self), function: index, input, context };
        let handler = (function.handler)(invocation);
        let end = Guarded { handler: Some(handler), deadline, sleep: None, scope: &scope }.await;
        let _entered = scope.enter();
        let outcome = self.conclude(index, end);
        let failed = match &outcome {
            Outcome::Response(response) => response.status().is_server_error(),
            Outcome::Completed(_) => false,
            Outcome::Failed(_) => true,
        };
        let elapsed = running.end(failed);
        tracing::debug!(target: "tusk_fn", outcome = %Said(&outcome), ?elapsed, "invocation ended");
        outcome
    }

    fn conclude(&self, index: usize, end: End) -> Outcome {
        let function = &self.functions[index];
        let failure = match end {
            End::Handled(Ok(Outcome::Failed(failure)) | Err(Rejection::Failure(failure))) => failure,
            End::Handled(Ok(outcome)) => return outcome,
            End::Handled(Err(Rejection::Response(response))) => return Outcome::Response(response),
            End::Panicked(failure) => failure,
            End::TimedOut => Failure::new(TIMED_OUT, format!("the function did not end within {:?}", function.timeout)),
        };
        tracing::error!(target: "tusk_fn", error = %failure, "the function failed");
        Outcome::Failed(failure)
    }
}

/// The kind of the failure of a function that did not end in time.
pub(crate) const TIMED_OUT: &str = "InvocationTimedOut";

/// An outcome in a word, for the log.
struct Said<'a>(&'a Outcome);

impl std::fmt::Display for Said<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Outcome::Response(response) => write!(f, "{}", response.status().as_u16()),
            Outcome::Completed(_) => f.write_str("completed"),
            Outcome::Failed(failure) => f.write_str(failure.kind()),
        }
    }
}

/// The length that a request announces.
pub(crate) fn content_length(headers: &http::HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn malformed(detail: &str) -> Response {
    problem(StatusCode::BAD_REQUEST, detail)
}

fn method_not_allowed(allowed: &[Method]) -> Response {
    let names: Vec<&str> = allowed.iter().map(|method| method.name()).collect();
    let mut response = problem(StatusCode::METHOD_NOT_ALLOWED, &format!("this path answers {}", names.join(", ")));
    if let Ok(value) = HeaderValue::from_str(&names.join(", ")) {
        response.headers_mut().insert(header::ALLOW, value);
    }
    response
}

/// An invocation that began and must be counted as ended, even if its future is dropped because the client went away.
struct Running<'a> {
    counters: &'a Counters,
    started: Instant,
    ended: bool,
}

impl<'a> Running<'a> {
    fn begin(counters: &'a Counters, started: Instant, cold_start: bool) -> Self {
        counters.begin(cold_start);
        Self { counters, started, ended: false }
    }

    fn end(&mut self, failed: bool) -> Duration {
        self.ended = true;
        let elapsed = self.started.elapsed();
        self.counters.end(elapsed, failed);
        elapsed
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.end(true);
        }
    }
}

/// How a handler ended.
enum End {
    Handled(Result<Outcome, Rejection>),
    Panicked(Failure),
    TimedOut,
}

pin_project! {
    /// A handler with its deadline, whose panics go no further.
    ///
    /// The timer is made only when the handler waits for something: most handlers of one poll never need it.
    struct Guarded<'a> {
        handler: Option<HandlerFuture>,
        deadline: Instant,
        #[pin]
        sleep: Option<tokio::time::Sleep>,
        scope: &'a Scope,
    }
}

impl Future for Guarded<'_> {
    type Output = End;

    fn poll(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<End> {
        let mut this = self.project();
        let _entered = this.scope.enter();
        let Some(handler) = this.handler else { return Poll::Pending };
        match catch_unwind(AssertUnwindSafe(|| handler.as_mut().poll(task))) {
            Ok(Poll::Ready(result)) => return Poll::Ready(End::Handled(result)),
            Ok(Poll::Pending) => {}
            Err(payload) => {
                discard(this.handler);
                return Poll::Ready(End::Panicked(panicked(&*payload)));
            }
        }
        if this.sleep.is_none() {
            this.sleep.set(Some(tokio::time::sleep_until((*this.deadline).into())));
        }
        if let Some(sleep) = this.sleep.as_pin_mut() {
            // A handler that always uses up tokio's budget would leave none for its own deadline.
            ready!(pin!(unconstrained(sleep)).poll(task));
        }
        discard(this.handler);
        Poll::Ready(End::TimedOut)
    }
}

/// Drops a handler's future now; what it holds may panic when it is dropped.
fn discard(handler: &mut Option<HandlerFuture>) {
    if catch_unwind(AssertUnwindSafe(|| drop(handler.take()))).is_err() {
        tracing::error!(target: "tusk_fn", "the function panicked while it was given up");
    }
}

/// A panic's payload as a failure.
pub(crate) fn panicked(payload: &(dyn Any + Send)) -> Failure {
    let message = payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a value that is no text".to_owned());
    Failure::new("Panic", message)
}
