//! Runs invocations: finds the function, guards its handler, counts what came of it.

use std::any::Any;
use std::convert::Infallible;
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
use tokio::task::coop::unconstrained;
use tusk_fn_spec::record::FunctionRecord;
#[cfg(provider_google)]
use tusk_fn_spec::route::Segment;
use tusk_fn_spec::trigger::Trigger;
use tusk_fn_spec::trigger::http::{DEFAULT_BODY_LIMIT, Method};

use crate::context::Delivery;
use crate::error::{Failure, problem};
use crate::idempotency::{IdempotencyStore, MemoryStore};
use crate::invocation::{Delivered, Head, HttpInput, Input, Invocation, RequestBody};
use crate::layers::HttpService;
use crate::metrics::{Counters, FunctionMetrics};
use crate::output::{Cloud, Nowhere};
use crate::private::{HandlerFn, HandlerFuture, Intake, Outcome, Rejection, Requirements};
use crate::provider::{EventSupport, OutputSupport, Provider};
use crate::router::{Found, PathForm, Router};
use crate::state::States;
use crate::suggest::nearest_routes;
use crate::telemetry::Scope;

/// A program that started: its functions, its states, its routes.
pub(crate) struct Program {
    provider: Provider,
    functions: Vec<Function>,
    router: Router,
    fallback: Option<Fallback>,
    states: States,
    cloud: Arc<dyn Cloud>,
    idempotency: Arc<dyn IdempotencyStore>,
    layered: Option<HttpService>,
    cold: AtomicBool,
}

/// A function of the program.
pub(crate) struct Function {
    pub(crate) record: FunctionRecord,
    name: Arc<str>,
    handler: HandlerFn,
    pub(crate) intake: Intake,
    /// What providers need for what invokes it, and for what it sends and stores.
    #[cfg_attr(not(platform), expect(dead_code, reason = "the local provider has it all"))]
    pub(crate) events: Option<&'static EventSupport>,
    #[cfg_attr(not(platform), expect(dead_code, reason = "the local provider has it all"))]
    pub(crate) outputs: Option<&'static OutputSupport>,
    /// Likewise, for the contents that it may read of what invokes it.
    #[cfg_attr(not(platform), expect(dead_code, reason = "the local provider has it all"))]
    pub(crate) contents: Option<&'static OutputSupport>,
    timeout: Duration,
    counters: Counters,
    /// Whether it was said that something came which it does not want.
    #[cfg(any(provider_azure, provider_google, provider_knative))]
    unwanted: AtomicBool,
}

impl Function {
    pub(crate) fn new(record: FunctionRecord, handler: HandlerFn, requirements: &Requirements) -> Self {
        Self {
            intake: requirements.intake,
            events: requirements.events,
            outputs: requirements.outputs,
            contents: requirements.contents,
            name: record.name.as_str().into(),
            timeout: record.timeout(),
            record,
            handler,
            counters: Counters::default(),
            #[cfg(any(provider_azure, provider_google, provider_knative))]
            unwanted: AtomicBool::new(false),
        }
    }

    /// Says that something came which it does not want, and that was acknowledged without a call: aloud the first time, since the
    /// platform's filter, or the function's, may not be what it should.
    #[cfg(any(provider_azure, provider_google, provider_knative))]
    pub(crate) fn say_unwanted(&self, what: &str) {
        let function = &*self.name;
        if self.unwanted.swap(true, Relaxed) {
            tracing::debug!(target: "tusk_fn", function, "{what} is not wanted: acknowledged without a call");
        } else {
            tracing::warn!(
                target: "tusk_fn", function, "{what} is not wanted: acknowledged without a call (this is said once)"
            );
        }
    }

    pub(crate) fn name(&self) -> Arc<str> {
        Arc::clone(&self.name)
    }

    fn body_limit(&self) -> u64 {
        match &self.record.trigger {
            Trigger::Http(http) => http.body_limit,
            Trigger::Timer(_)
            | Trigger::Blob(_)
            | Trigger::Queue(_)
            | Trigger::Topic(_)
            | Trigger::Database(_)
            | Trigger::Stream(_)
            | Trigger::Event(_) => DEFAULT_BODY_LIMIT,
        }
    }
}

/// The function that all paths lead to.
struct Fallback {
    /// The shortest path of its route; none if it has no route, or parameters in it that a path must give.
    path: Option<String>,
}

#[cfg(provider_google)]
impl Fallback {
    fn to(trigger: &Trigger) -> Self {
        let Trigger::Http(http) = trigger else { return Self { path: None } };
        let mut path = String::new();
        for segment in http.route.segments() {
            match segment {
                Segment::Literal(text) => path.extend(["/", text]),
                Segment::Optional(_) | Segment::Rest(_) => {}
                Segment::Parameter(_) => return Self { path: None },
            }
        }
        Self { path: Some(if path.is_empty() { "/".to_owned() } else { path }) }
    }
}

/// Why a program without a cloud cannot send.
const NO_CLOUD: &str = "this program was started without a place to send to; give it an outbox";

impl Program {
    pub(crate) fn new(provider: Provider, functions: Vec<Function>, states: States) -> Self {
        let mut router = Router::default();
        for (index, function) in functions.iter().enumerate() {
            if let Trigger::Http(http) = &function.record.trigger {
                router.insert(&http.route, &http.methods, index);
            }
        }
        Self {
            provider,
            functions,
            router,
            fallback: None,
            states,
            cloud: Arc::new(Nowhere(NO_CLOUD.into())),
            idempotency: Arc::new(MemoryStore::default()),
            layered: None,
            cold: AtomicBool::new(true),
        }
    }

    /// Puts layers around all HTTP functions.
    pub(crate) fn with_layers(mut self, layered: Option<HttpService>) -> Self {
        self.layered = layered;
        self
    }

    /// Leads all paths to a function that no other leads to, unless its route has parameters that a path must give.
    #[cfg(provider_google)]
    pub(crate) fn with_fallback(mut self, function: Option<usize>) -> Self {
        let fallback = function.and_then(|function| self.functions.get(function));
        self.fallback = fallback.map(|function| Fallback::to(&function.record.trigger));
        self
    }

    /// Whether all paths lead to a function.
    #[cfg(any(provider_google, provider_knative))]
    pub(crate) fn serves_all_paths(&self) -> bool {
        self.fallback.is_some()
    }

    /// Lets functions send and store.
    pub(crate) fn with_cloud(mut self, cloud: Arc<dyn Cloud>) -> Self {
        self.cloud = cloud;
        self
    }

    /// Keeps what was handled elsewhere than in the process.
    pub(crate) fn with_idempotency(mut self, store: Arc<dyn IdempotencyStore>) -> Self {
        self.idempotency = store;
        self
    }

    pub(crate) fn idempotency(&self) -> &Arc<dyn IdempotencyStore> {
        &self.idempotency
    }

    pub(crate) fn cloud(&self) -> &Arc<dyn Cloud> {
        &self.cloud
    }

    pub(crate) fn provider(&self) -> Provider {
        self.provider
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
    pub(crate) fn respond(self: &Arc<Self>, mut delivered: Box<Delivered>) -> Responding {
        let Some(layered) = &self.layered else { return self.route(delivered) };
        let Input::Http(http) = &mut delivered.input else { return Responding::internal() };
        match http.request() {
            Ok(request) => self.surround(layered, request, delivered.delivery),
            Err(error) => Responding::answered(malformed(&error.0)),
        }
    }

    /// Answers a request as a server read it.
    #[cfg(http_server)]
    pub(crate) fn respond_to(
        self: &Arc<Self>,
        request: http::Request<hyper::body::Incoming>,
        delivery: Delivery,
    ) -> Responding {
        let (parts, body) = request.into_parts();
        let length = body.size_hint().exact().or_else(|| content_length(&parts.headers));
        let mut body = RequestBody::Incoming(body, u64::MAX);
        if let Some(layered) = &self.layered {
            return self.surround(layered, http::Request::from_parts(parts, body.take()), delivery);
        }
        let input = Input::Http(HttpInput::new(Head::Parts(parts), body, length));
        self.route(Box::new(Delivered { input, delivery }))
    }

    fn surround(
        self: &Arc<Self>,
        layered: &HttpService,
        mut request: http::Request<Body>,
        delivery: Delivery,
    ) -> Responding {
        request.extensions_mut().insert((Arc::clone(self), delivery));
        layered.respond(request)
    }

    /// What the layers surround: answers a request that has passed them.
    pub(crate) fn respond_inside(mut request: http::Request<Body>) -> Responding {
        let Some((program, delivery)) = request.extensions_mut().remove::<(Arc<Self>, Delivery)>() else {
            tracing::error!("a layer replaced the request's extensions, which tell the program that it belongs to");
            return Responding::internal();
        };
        let (parts, body) = request.into_parts();
        let length = body.size_hint().exact().or_else(|| content_length(&parts.headers));
        let input = Input::Http(HttpInput::new(Head::Parts(parts), RequestBody::Body(body), length));
        program.route(Box::new(Delivered { input, delivery }))
    }

    /// Answers a request by the function that its path and method lead to.
    fn route(self: &Arc<Self>, mut delivered: Box<Delivered>) -> Responding {
        let Input::Http(http) = &mut delivered.input else { return Responding::internal() };
        let (method, path, form) = match &http.head {
            Head::Parts(parts) => (&parts.method, parts.uri.path(), PathForm::Encoded),
            Head::Event { method, path, form, .. } => (method, &**path, *form),
            Head::Taken => return Responding::internal(),
        };
        let function = match self.find(path, form, known(method)) {
            Found::Function(function, captures) => {
                http.captures = captures;
                function
            }
            Found::WrongMethod(allowed) => return Responding::answered(method_not_allowed(&allowed)),
            Found::Nothing => return Responding::answered(self.not_found(path)),
        };
        let limit = self.body_limit(function);
        if http.length.is_some_and(|length| length > limit) {
            let detail = format!("the body has more than {limit} bytes");
            return Responding::answered(problem(StatusCode::PAYLOAD_TOO_LARGE, &detail));
        }
        match &mut http.body {
            #[cfg(http_server)]
            RequestBody::Incoming(_, most) => *most = limit,
            // Behind layers, or from a stream: its length is not known, or not the one that the head announces.
            RequestBody::Body(body) if body.size_hint().exact().is_none_or(|length| length > limit) => {
                let limit = usize::try_from(limit).unwrap_or(usize::MAX);
                *body = Body::new(Limited::new(std::mem::take(body), limit));
            }
            _ => {}
        }
        Responding(State::Running(self.run(function, delivered)))
    }

    /// The function of a path and a method.
    fn find(&self, path: &str, form: PathForm, method: Option<Method>) -> Found {
        let found = self.router.find(path, form, method);
        let Some(Fallback { path: Some(shortest) }) = &self.fallback else { return found };
        match found {
            Found::Nothing => match self.router.find(shortest, PathForm::Decoded, method) {
                // Nothing of the path is in a parameter.
                Found::Function(function, captures) => {
                    Found::Function(function, captures.iter().map(|_| (0, 0)).collect())
                }
                found => found,
            },
            found => found,
        }
    }

    fn not_found(&self, path: &str) -> Response {
        let detail = match self.provider {
            Provider::Local => nearest_routes(path, self.functions.iter().map(|function| &function.record)),
            _ => String::new(),
        };
        problem(StatusCode::NOT_FOUND, &detail)
    }

    /// Runs one function once.
    pub(crate) fn run(self: &Arc<Self>, index: usize, delivered: Box<Delivered>) -> Run {
        let function = &self.functions[index];
        let started = Instant::now();
        let own = started + function.timeout;
        let deadline = delivered.delivery.platform_deadline.map_or(own, |platform| platform.min(own));
        let cold_start = self.cold.load(Relaxed) && self.cold.swap(false, Relaxed);
        function.counters.begin(cold_start);
        let scope = Scope::new(&function.name, &delivered.delivery);
        let invocation = Invocation { program: Arc::clone(self), function: index, deadline, cold_start, delivered };
        let handler = Handler { future: Some((function.handler)(invocation)), deadline, sleep: None };
        Run { program: Arc::clone(self), function: index, handler, scope, started, ended: false }
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
            Outcome::Reported(report) => write!(f, "{} failed", report.failed()),
            Outcome::Replied(event) => write!(f, "replied with {}", event.event_type),
            Outcome::Failed(failure) => f.write_str(failure.kind()),
        }
    }
}

/// The method, if it is one that functions can name.
fn known(method: &http::Method) -> Option<Method> {
    match *method {
        http::Method::GET => Some(Method::Get),
        http::Method::POST => Some(Method::Post),
        _ => method.as_str().parse().ok(),
    }
}

/// The length that a request announces.
fn content_length(headers: &http::HeaderMap) -> Option<u64> {
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

/// A request being answered.
///
/// It is no `async fn`, so that the request is not moved through a state machine for each step of the way.
#[must_use = "futures do nothing unless they are polled"]
pub struct Responding(State);

enum State {
    Running(Run),
    Later(Pin<Box<dyn Future<Output = Response> + Send>>),
    Answered(Option<Response>),
}

impl Responding {
    /// Answered already.
    pub(crate) fn answered(response: Response) -> Self {
        Self(State::Answered(Some(response)))
    }

    /// By a layer, or whatever else takes time.
    pub(crate) fn later(response: impl Future<Output = Response> + Send + 'static) -> Self {
        Self(State::Later(Box::pin(response)))
    }

    fn internal() -> Self {
        Self::answered(problem(StatusCode::INTERNAL_SERVER_ERROR, ""))
    }
}

impl Future for Responding {
    type Output = Result<Response, Infallible>;

    fn poll(mut self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Result<Response, Infallible>> {
        match &mut self.0 {
            State::Running(run) => match ready!(Pin::new(run).poll(task)) {
                Outcome::Response(response) => Poll::Ready(Ok(response)),
                other => Poll::Ready(Ok(without_response(&other))),
            },
            State::Later(response) => response.as_mut().poll(task).map(Ok),
            State::Answered(response) => response.take().map_or(Poll::Pending, |response| Poll::Ready(Ok(response))),
        }
    }
}

/// The answer of a function that gave none.
fn without_response(outcome: &Outcome) -> Response {
    match outcome {
        Outcome::Failed(failure) if failure.kind() == TIMED_OUT => problem(StatusCode::GATEWAY_TIMEOUT, ""),
        Outcome::Failed(failure) if failure.kind() == "MalformedEvent" => malformed(failure.message()),
        _ => problem(StatusCode::INTERNAL_SERVER_ERROR, ""),
    }
}

/// An invocation that began. It is counted as ended even if it is dropped because the client went away.
#[must_use = "futures do nothing unless they are polled"]
pub(crate) struct Run {
    program: Arc<Program>,
    function: usize,
    handler: Handler,
    scope: Scope,
    started: Instant,
    ended: bool,
}

impl Drop for Run {
    fn drop(&mut self) {
        if !self.ended {
            let elapsed = self.started.elapsed();
            let _entered = self.scope.enter();
            tracing::warn!(target: "tusk_fn", ?elapsed, "given up before the function ended: whoever called went away");
            self.program.functions[self.function].counters.end(elapsed, true);
        }
    }
}

impl Future for Run {
    type Output = Outcome;

    fn poll(mut self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Outcome> {
        let run = &mut *self;
        let function = &run.program.functions[run.function];
        let entered = run.scope.enter();
        let outcome = match ready!(run.handler.poll(task)) {
            End::Handled(Ok(outcome)) => outcome,
            End::Handled(Err(Rejection::Response(response))) => Outcome::Response(*response),
            End::Handled(Err(Rejection::Failure(failure))) | End::Panicked(failure) => Outcome::Failed(failure),
            End::TimedOut => {
                let message = format!("the function did not end within {:?}", function.timeout);
                Outcome::Failed(Failure::new(TIMED_OUT, message))
            }
        };
        let failed = match &outcome {
            Outcome::Response(response) => response.status().is_server_error(),
            Outcome::Completed(_) | Outcome::Replied(_) => false,
            Outcome::Reported(report) => report.failed() > 0,
            Outcome::Failed(failure) => {
                let message = if failure.is_rejection() {
                    "the function rejected what was delivered"
                } else {
                    "the function failed"
                };
                tracing::error!(target: "tusk_fn", error = %failure, "{message}");
                true
            }
        };
        let elapsed = run.started.elapsed();
        function.counters.end(elapsed, failed);
        run.ended = true;
        tracing::debug!(target: "tusk_fn", outcome = %Said(&outcome), ?elapsed, "invocation ended");
        drop(entered);
        Poll::Ready(outcome)
    }
}

/// How a handler ended.
enum End {
    Handled(Result<Outcome, Rejection>),
    Panicked(Failure),
    TimedOut,
}

/// A handler with its deadline, whose panics go no further.
struct Handler {
    future: Option<HandlerFuture>,
    deadline: Instant,
    /// Made only when the handler waits for something: most handlers of one poll never need it.
    sleep: Option<Pin<Box<tokio::time::Sleep>>>,
}

impl Handler {
    fn poll(&mut self, task: &mut TaskContext<'_>) -> Poll<End> {
        let Some(future) = &mut self.future else { return Poll::Pending };
        match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(task))) {
            Ok(Poll::Ready(result)) => return Poll::Ready(End::Handled(result)),
            Ok(Poll::Pending) => {}
            Err(payload) => {
                discard(&mut self.future);
                return Poll::Ready(End::Panicked(panicked(&*payload)));
            }
        }
        let deadline = self.deadline;
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline.into())));
        // A handler that always uses up tokio's budget would leave none for its own deadline.
        ready!(pin!(unconstrained(sleep.as_mut())).poll(task));
        discard(&mut self.future);
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
